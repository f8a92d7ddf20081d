import { MessageOutlined, PlusOutlined } from "@ant-design/icons";
import { App, Button, Collapse, Popconfirm, Segmented, Skeleton, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/access/api";
import { DataTable } from "@/shared/components/DataTable";
import { EmptyState } from "@/shared/components/EmptyState";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { useUrlState } from "@/shared/hooks/useUrlState";
import { useRetire, useTemplates, type Template, type Version } from "../api";
import { Decide } from "../components/Decide";
import { VersionState } from "../components/Labels";
import styles from "../components/outreach.module.css";
import { TemplateDialog } from "../components/TemplateDialog";

const SHOWN = ["use", "waiting", "retired"] as const;
const DEFAULTS = { show: "use" };

/** 内容模板: what may be said to customers, and what waits to be approved. */
export function Component() {
  const { t } = useTranslation("outreach");
  const me = useMe();
  const found = useTemplates();
  const [url, setUrl] = useUrlState(DEFAULTS);
  const [editing, setEditing] = useState<Template | "new" | null>(null);
  const show = SHOWN.find((one) => one === url.show) ?? "use";
  const rows = (found.data ?? []).filter((row) => shownAs(row, show));
  const waiting = (found.data ?? []).filter((row) => shownAs(row, "waiting")).length;
  const make = me.data?.rights.includes("template.write") && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing("new")}>
      {t("new")}
    </Button>
  );
  return (
    <>
      <PageTitle question={t("question")} extra={make} />
      {found.error && !found.data && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton active paragraph={{ rows: 8 }} />}
      {found.data && (
        <div className={styles.page}>
          <div className={styles.tools}>
            <Segmented
              aria-label={t("show.name")}
              value={show}
              options={SHOWN.map((value) => ({
                value,
                label:
                  value === "waiting" && waiting ? `${t("show.waiting")} ${waiting}` : t(`show.${value}`),
              }))}
              onChange={(value) => setUrl({ show: value })}
            />
          </div>
          <Panel flush>
            {rows.length === 0 ? (
              <EmptyState
                icon={<MessageOutlined />}
                title={t(`none.${show}.title`)}
                hint={t(`none.${show}.hint`)}
                action={show === "use" && make}
              />
            ) : (
              <Rows rows={rows} onEdit={setEditing} />
            )}
          </Panel>
        </div>
      )}
      {editing && (
        <TemplateDialog template={editing === "new" ? undefined : editing} onClose={() => setEditing(null)} />
      )}
    </>
  );
}

function shownAs(row: Template, show: (typeof SHOWN)[number]): boolean {
  if (show === "retired") return row.retired_at !== null;
  if (show === "waiting") return row.retired_at === null && row.versions[0]?.state === "PENDING";
  return row.retired_at === null;
}

function Rows({ rows, onEdit }: { rows: Template[]; onEdit: (row: Template) => void }) {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  return (
    <DataTable
      rowKey={({ id }) => id}
      rows={rows}
      columns={[
        {
          key: "name",
          title: t("list.name"),
          render: (row) => (
            <span className={styles.stack}>
              <strong>{row.name}</strong>
              <small>
                {t(`channel.${row.channel}`)} · {t(`kind.${row.kind}`)}
                {row.risk !== null && ` · R${row.risk}`}
              </small>
            </span>
          ),
        },
        {
          key: "text",
          title: t("list.text"),
          wide: true,
          render: ({ versions: [newest, ...earlier] }) =>
            newest && (
              <div className={styles.list}>
                <VersionText version={newest} />
                {earlier.length > 0 && (
                  <Collapse
                    ghost
                    size="small"
                    items={[
                      {
                        key: "earlier",
                        label: t("list.earlier", { count: earlier.length }),
                        children: (
                          <div className={styles.list}>
                            {earlier.map((version) => (
                              <VersionText key={version.id} version={version} />
                            ))}
                          </div>
                        ),
                      },
                    ]}
                  />
                )}
              </div>
            ),
        },
        {
          key: "used",
          title: t("list.used"),
          align: "right",
          render: ({ sent, refused }) => (
            <span className={`${styles.stack} ${styles.right}`}>
              {count(sent)}
              {refused > 0 && <small>{t("list.refused", { number: count(refused) })}</small>}
            </span>
          ),
        },
        {
          key: "by",
          title: t("list.by"),
          render: ({ versions: [newest], made_by }) => (
            <span className={styles.stack}>
              {newest?.made_by ?? made_by}
              {newest && <small>{format.moment(newest.made_at)}</small>}
            </span>
          ),
        },
        { key: "deeds", title: "", render: (row) => <Deeds row={row} onEdit={() => onEdit(row)} /> },
      ]}
    />
  );
}

function VersionText({ version }: { version: Version }) {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  return (
    <div className={styles.stack}>
      <span className={styles.tools}>
        <VersionState state={version.state} />
        <small>
          {t("list.version", { number: version.number })}
          {version.decided_by &&
            version.decided_at &&
            ` · ${t("list.decided", { name: version.decided_by, at: format.moment(version.decided_at) })}`}
        </small>
      </span>
      <span className={styles.text} lang="zh">
        {version.head && <strong className={styles.subject}>{version.head}</strong>}
        {version.whole}
      </span>
      {version.reason && <Tag color="error">{t("list.because", { reason: version.reason })}</Tag>}
    </div>
  );
}

function Deeds({ row, onEdit }: { row: Template; onEdit: () => void }) {
  const { t } = useTranslation("outreach");
  const { message } = App.useApp();
  const retire = useRetire();
  const newest = row.versions[0];
  return (
    <span className={styles.tools}>
      {newest && <Decide name={row.name} version={newest} />}
      {row.may_edit && newest?.state !== "PENDING" && (
        <Button aria-label={`${t("list.edit")} ${row.name}`} onClick={onEdit}>
          {t("list.edit")}
        </Button>
      )}
      {row.may_edit && (
        <Popconfirm
          title={t("list.retireSure")}
          okText={t("list.retire")}
          onConfirm={() =>
            retire.mutate(row.id, {
              onSuccess: () => void message.success(t("list.retired", { name: row.name })),
            })
          }
        >
          <Button
            type="text"
            danger
            aria-label={`${t("list.retire")} ${row.name}`}
            loading={retire.isPending}
          >
            {t("list.retire")}
          </Button>
        </Popconfirm>
      )}
    </span>
  );
}
