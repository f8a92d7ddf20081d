import { TagsOutlined } from "@ant-design/icons";
import { Input, Select, Skeleton, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "@/access/api";
import { type Column, DataTable } from "@/shared/components/DataTable";
import { EmptyState } from "@/shared/components/EmptyState";
import { Explain } from "@/shared/components/Explain";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useUrlState } from "@/shared/hooks/useUrlState";
import { useTold } from "../components/LivePanel";
import styles from "../components/segment.module.css";
import { type CatalogueTag, TAG_TYPES, useTagCatalogue } from "../tagsApi";

const DEFAULTS = { q: "", group: "", type: "" };

/** 标签目录: which tags there are, what each says and comes from, and how many have it. */
export function Component() {
  const { t } = useTranslation("segments");
  const [url, setUrl] = useUrlState(DEFAULTS);
  const found = useTagCatalogue();
  const words = url.q.trim().toLowerCase();
  const fits = ({ title, about, code, type }: CatalogueTag) =>
    `${title} ${about} ${code}`.toLowerCase().includes(words) && (!url.type || type === url.type);
  const groups = (found.data?.groups ?? [])
    .filter(({ code }) => !url.group || code === url.group)
    .map((group) => ({
      ...group,
      tags: (found.data?.tags ?? []).filter((tag) => tag.group === group.code && fits(tag)),
    }))
    .filter(({ tags }) => tags.length > 0);
  return (
    <>
      <PageTitle question={t("tags.question")} asOf={found.data?.as_of} />
      {found.error && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton active paragraph={{ rows: 10 }} />}
      {found.data && (
        <div className={styles.stack}>
          <div className={styles.deeds}>
            <Input.Search
              allowClear
              className={styles.search}
              aria-label={t("tags.search")}
              placeholder={t("tags.search")}
              value={url.q}
              onChange={(event) => setUrl({ q: event.target.value })}
            />
            <Select
              allowClear
              aria-label={t("tags.group")}
              placeholder={t("tags.group")}
              popupMatchSelectWidth={false}
              value={url.group || null}
              onChange={(group: string | null) => setUrl({ group: group ?? undefined })}
              options={found.data.groups.map(({ code, title }) => ({ value: code, label: title }))}
            />
            <Select
              allowClear
              aria-label={t("tags.type")}
              placeholder={t("tags.type")}
              popupMatchSelectWidth={false}
              value={url.type || null}
              onChange={(type: string | null) => setUrl({ type: type ?? undefined })}
              options={TAG_TYPES.map((type) => ({ value: type, label: t(`tagType.${type}`) }))}
            />
          </div>
          {groups.length === 0 && (
            <EmptyState icon={<TagsOutlined />} title={t("tags.nothing")} hint={t("library.nothingHint")} />
          )}
          {groups.map(({ code, title, tags }) => (
            <Panel key={code} flush title={t("tags.ofGroup", { group: title, tags: tags.length })}>
              <TagTable tags={tags} few={found.data.few} />
            </Panel>
          ))}
        </div>
      )}
    </>
  );
}

function TagTable({ tags, few }: { tags: CatalogueTag[]; few: number }) {
  const { t } = useTranslation("segments");
  const told = useTold();
  const draws = useMe().data?.rights.includes("segment.draw") ?? false;
  const columns: Column<CatalogueTag>[] = [
    {
      key: "title",
      title: t("tags.tag"),
      width: "34%",
      render: ({ title, about }) => (
        <span className={styles.name}>
          <strong>{title}</strong>
          {about !== title && <small>{about}</small>}
        </span>
      ),
    },
    {
      key: "type",
      title: t("tags.type"),
      width: "10%",
      render: ({ type, sentence }) =>
        sentence ? (
          <Explain title={t("tags.how")} text={sentence}>
            {t(`tagType.${type}`)}
          </Explain>
        ) : (
          t(`tagType.${type}`)
        ),
    },
    {
      key: "customers",
      title: t("library.customers"),
      align: "right",
      width: "10%",
      render: ({ customers }) => (
        <span className="num">{customers === null && !few ? "—" : told(customers, few)}</span>
      ),
    },
    {
      key: "from",
      title: t("tags.from"),
      width: "16%",
      render: ({ sources, delivered }) => (
        <span className={styles.name}>
          <span>{sources.map(({ title }) => title).join(t("comma")) || t("tags.byHand")}</span>
          <small>
            {delivered ? sources.flatMap(({ feeds }) => feeds).join(t("comma")) : t("tags.notDelivered")}
          </small>
        </span>
      ),
    },
    {
      key: "refresh",
      title: t("tags.refresh"),
      width: "8%",
      render: ({ refresh }) => t(`tagRefresh.${refresh}`),
    },
    {
      key: "use",
      title: t("tags.use"),
      width: "12%",
      render: ({ level, marketing_usable, audience, expires_days }) => (
        <span className={styles.marks}>
          <Tag variant="filled">{level}</Tag>
          {!marketing_usable && (
            <Tag color="error" variant="filled">
              {t("tags.notForMarketing")}
            </Tag>
          )}
          {audience === "aml" && <Tag variant="filled">{t("tags.aml")}</Tag>}
          {expires_days !== null && <Tag variant="filled">{t("tags.expires", { days: expires_days })}</Tag>}
        </span>
      ),
    },
    {
      key: "draw",
      title: "",
      width: "10%",
      render: ({ code, delivered, audience }) =>
        draws && delivered && audience !== "aml" ? (
          <Link to={`/segments/new?tag=${code}`}>{t("tags.draw")}</Link>
        ) : null,
    },
  ];
  return <DataTable rowKey={({ code }) => code} columns={columns} rows={tags} />;
}
