import { PlusOutlined, UploadOutlined, UsergroupAddOutlined } from "@ant-design/icons";
import { Button, Checkbox, Input, Select, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { useMe } from "@/access/api";
import { type Column, DataTable } from "@/shared/components/DataTable";
import { EmptyState } from "@/shared/components/EmptyState";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useFormat } from "@/shared/hooks/useFormat";
import { useHotkeys } from "@/shared/hooks/useHotkeys";
import { useSettled } from "@/shared/hooks/useSettled";
import { useUrlState } from "@/shared/hooks/useUrlState";
import { useTold } from "../components/LivePanel";
import { NewList } from "../components/ListUpload";
import { Change, FoundOn, Marks } from "../components/marks";
import styles from "../components/segment.module.css";
import { KINDS, SCOPES, type SegmentRow, STATUSES, useLibrary } from "../storeApi";

const DEFAULTS = { q: "", kind: "", scope: "", status: "", waiting: "", mine: "" };

/** 客群库: which segments there are, how many are in them, and what moved. */
export function Component() {
  const { t } = useTranslation("segments");
  const me = useMe();
  const navigate = useNavigate();
  const [url, setUrl] = useUrlState(DEFAULTS);
  const [uploading, setUploading] = useState(false);
  const q = useSettled(url.q.trim());
  const found = useLibrary({
    q,
    ...(url.kind ? { kind: url.kind as SegmentRow["kind"] } : {}),
    ...(url.scope ? { scope: url.scope as SegmentRow["scope"] } : {}),
    ...(url.status ? { status: url.status as SegmentRow["status"] } : {}),
    waiting: url.waiting === "1",
    mine: url.mine === "1",
  });
  const rights = me.data?.rights ?? [];
  const draws = rights.includes("segment.draw");
  useHotkeys({ n: () => draws && void navigate("/segments/new") });
  const narrowed = Object.values(url).some(Boolean);
  const pick = (name: "kind" | "scope" | "status", codes: readonly string[], group: string) => (
    <Select
      allowClear
      aria-label={t(`library.${name}`)}
      placeholder={t(`library.${name}`)}
      popupMatchSelectWidth={false}
      value={url[name] || null}
      onChange={(value: string | null) => setUrl({ [name]: value ?? undefined })}
      options={codes.map((code) => ({ value: code, label: t(`${group}.${code}`) }))}
    />
  );
  return (
    <>
      <PageTitle
        question={t("library.question")}
        asOf={me.data?.freshness.biz_date}
        extra={
          <span className={styles.deeds}>
            <Button onClick={() => void navigate("/segments/compare")}>{t("library.compare")}</Button>
            {draws && (
              <>
                <Button onClick={() => void navigate("/segments/groups")}>{t("library.groups")}</Button>
                <Button icon={<UploadOutlined />} onClick={() => setUploading(true)}>
                  {t("library.upload")}
                </Button>
                <Button type="primary" icon={<PlusOutlined />} onClick={() => void navigate("/segments/new")}>
                  {t("library.new")}
                </Button>
              </>
            )}
          </span>
        }
      />
      {found.error && !found.data && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton active paragraph={{ rows: 10 }} />}
      {found.data && (
        <Panel flush>
          <div className={styles.filters}>
            <Input.Search
              allowClear
              className={styles.search}
              aria-label={t("library.search")}
              placeholder={t("library.search")}
              value={url.q}
              onChange={(event) => setUrl({ q: event.target.value })}
            />
            {pick("scope", SCOPES, "scope")}
            {pick("kind", KINDS, "kindName")}
            {pick("status", STATUSES, "status")}
            <Checkbox
              checked={url.mine === "1"}
              onChange={(event) => setUrl({ mine: event.target.checked ? "1" : undefined })}
            >
              {t("library.mine")}
            </Checkbox>
            {rights.includes("segment.approve") && (
              <Checkbox
                checked={url.waiting === "1"}
                onChange={(event) => setUrl({ waiting: event.target.checked ? "1" : undefined })}
              >
                {t("library.waiting")}
              </Checkbox>
            )}
          </div>
          {found.data.rows.length ? (
            <Rows rows={found.data.rows} few={found.data.few} />
          ) : (
            <EmptyState
              icon={<UsergroupAddOutlined />}
              title={t(narrowed ? "library.nothing" : "library.empty")}
              hint={t(narrowed ? "library.nothingHint" : "library.emptyHint")}
              action={
                narrowed ? (
                  <Button onClick={() => setUrl({ ...DEFAULTS })}>{t("shared:clear")}</Button>
                ) : (
                  draws && (
                    <Button type="primary" onClick={() => void navigate("/segments/new")}>
                      {t("library.new")}
                    </Button>
                  )
                )
              }
            />
          )}
        </Panel>
      )}
      {uploading && <NewList onClose={() => setUploading(false)} />}
    </>
  );
}

function Rows({ rows, few }: { rows: SegmentRow[]; few: number }) {
  const { t } = useTranslation("segments");
  const format = useFormat();
  const told = useTold();
  const columns: Column<SegmentRow>[] = [
    {
      key: "name",
      title: t("library.name"),
      render: ({ code, name, about }) => (
        <span className={styles.name}>
          <Link to={`/segments/${code}`}>{name}</Link>
          {about && <small>{about}</small>}
        </span>
      ),
    },
    { key: "marks", title: t("library.status"), render: (row) => <Marks row={row} /> },
    {
      key: "customers",
      title: t("library.customers"),
      align: "right",
      sorter: (a, b) => (a.customers ?? 0) - (b.customers ?? 0),
      render: ({ as_of, customers }) => (
        <>
          <div>
            <span className="num">{as_of ? told(customers, few) : "—"}</span>
          </div>
          <FoundOn asOf={as_of} />
        </>
      ),
    },
    {
      key: "change",
      title: t("library.change"),
      align: "right",
      render: (row) => <Change row={row} few={few} />,
    },
    {
      key: "owner",
      title: t("library.owner"),
      render: ({ owner, org_name, scope, delivered }) => (
        <span className={styles.name}>
          <span>{owner || t(delivered ? "library.delivered" : "library.nobody")}</span>
          <small>{scope === "BANK" ? t("scope.BANK") : org_name}</small>
        </span>
      ),
    },
    {
      key: "changed",
      title: t("library.changed"),
      render: ({ changed_at }) => format.moment(changed_at),
    },
  ];
  return <DataTable rowKey={({ code }) => code} columns={columns} rows={rows} />;
}
