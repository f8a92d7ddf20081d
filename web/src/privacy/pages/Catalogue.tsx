import { SearchOutlined } from "@ant-design/icons";
import { Drawer, Input, Segmented, Skeleton, Tag } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { DataTable, type Column } from "@/shared/components/DataTable";
import { EmptyState } from "@/shared/components/EmptyState";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { useScreen } from "@/shared/hooks/useScreen";
import { useUrlState } from "@/shared/hooks/useUrlState";
import { usePreferences } from "@/shared/preferences";
import { useCatalogue, type EntryOut } from "../api";
import styles from "../components/privacy.module.css";

const DEFAULTS = { q: "", place: "", table: "" };
const YEAR = 365.25;

type FieldOut = EntryOut["fields"][number];

function fits(text: string, q: string): boolean {
  return text.toLowerCase().includes(q);
}

/** 数据目录: every stored field with its level, purpose, ground and time. */
export function Component() {
  const { t } = useTranslation("privacy");
  const { language } = usePreferences();
  const { phone } = useScreen();
  const [url, setUrl] = useUrlState(DEFAULTS);
  const found = useCatalogue();
  const english = language === "en";
  const q = url.q.trim().toLowerCase();
  const rows = useMemo(() => {
    const all = found.data ?? [];
    const placed = url.place ? all.filter(({ place }) => place === url.place) : all;
    return placed
      .map((entry) => ({
        entry,
        hits: q ? entry.fields.filter((f) => [f.name, f.zh, f.en].some((text) => fits(text, q))) : [],
      }))
      .filter(
        ({ entry, hits }) =>
          !q ||
          hits.length > 0 ||
          [entry.table, entry.zh, entry.en, entry.why_zh, entry.why_en].some((text) => fits(text, q)),
      );
  }, [found.data, url.place, q]);
  const level = (code: string) => (
    <Tag color={code === "C2" ? "orange" : undefined}>{t(`level.${code || "none"}`)}</Tag>
  );
  const span = (days: number) =>
    days >= 2 * YEAR && Math.abs(days / YEAR - Math.round(days / YEAR)) < 0.02
      ? t("catalogue.years", { count: Math.round(days / YEAR) })
      : t("catalogue.days", { count: days });
  const kept = ({ kept_days: days, at_least: atLeast }: EntryOut) => {
    if (days === null) return t("catalogue.whole");
    if (days === 0) return t("catalogue.ended");
    return atLeast ? t("catalogue.atLeast", { span: span(days) }) : span(days);
  };
  type Row = (typeof rows)[number];
  const columns: Column<Row>[] = [
    {
      key: "table",
      title: t("catalogue.table"),
      render: ({ entry, hits }) => (
        <button type="button" className={styles.link} onClick={() => setUrl({ table: entry.table })}>
          <span>{english ? entry.en : entry.zh}</span>
          <small>
            {hits.length > 0
              ? t("catalogue.found", {
                  names: hits
                    .slice(0, 4)
                    .map((f) => (english ? f.en : f.zh))
                    .join(t("cases.comma")),
                })
              : `${t(`place.${entry.place}`)} · ${t("catalogue.fields", { count: entry.fields.length })}`}
          </small>
        </button>
      ),
    },
    { key: "level", title: t("catalogue.levelColumn"), render: ({ entry }) => level(entry.level) },
    {
      key: "why",
      wide: true,
      title: t("catalogue.why"),
      render: ({ entry }) => <div className={styles.why}>{english ? entry.why_en : entry.why_zh}</div>,
    },
    { key: "basis", title: t("catalogue.basisColumn"), render: ({ entry }) => t(`basis.${entry.basis}`) },
    { key: "kept", title: t("catalogue.kept"), render: ({ entry }) => kept(entry) },
  ];
  const fields = (found.data ?? []).flatMap((entry) => entry.fields);
  const opened = found.data?.find(({ table }) => table === url.table);
  return (
    <>
      <PageTitle question={t("catalogue.question")} />
      {found.error && !found.data && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton active paragraph={{ rows: 10 }} />}
      {found.data && (
        <div className={styles.page}>
          <div className={styles.tools}>
            <Input
              prefix={<SearchOutlined />}
              className={styles.search}
              aria-label={t("catalogue.search")}
              placeholder={t("catalogue.search")}
              allowClear
              value={url.q}
              onChange={(event) => setUrl({ q: event.target.value })}
            />
            <Segmented
              value={url.place}
              options={[
                { value: "", label: t("catalogue.all") },
                { value: "POSTGRESQL", label: t("place.POSTGRESQL") },
                { value: "LAKE", label: t("place.LAKE") },
              ]}
              onChange={(place) => setUrl({ place })}
            />
          </div>
          <div className={styles.quiet}>
            {t("catalogue.facts", {
              tables: found.data.length,
              fields: count(fields.length),
              sensitive: count(fields.filter((f) => f.level === "C2").length),
            })}
            {" · "}
            {t("catalogue.noC3")}
          </div>
          <Panel flush>
            {rows.length === 0 ? (
              <EmptyState
                icon={<SearchOutlined />}
                title={t("catalogue.emptyTitle")}
                hint={t("catalogue.emptyHint")}
              />
            ) : (
              <DataTable rowKey={({ entry }) => entry.table} columns={columns} rows={rows} />
            )}
          </Panel>
        </div>
      )}
      <Drawer
        open={opened !== undefined}
        onClose={() => setUrl({ table: undefined })}
        placement={phone ? "bottom" : "right"}
        size={phone ? "92dvh" : 640}
        title={opened && (english ? opened.en : opened.zh)}
      >
        {opened && (
          <div className={styles.body}>
            <dl className={styles.facts}>
              {[
                [t("catalogue.why"), english ? opened.why_en : opened.why_zh],
                [t("catalogue.basisColumn"), t(`basis.${opened.basis}`)],
                [t("catalogue.kept"), kept(opened)],
                ...(opened.about_customers ? [[t("catalogue.eraseColumn"), t(`erase.${opened.erase}`)]] : []),
              ].map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
            {opened.kept_source && !english && <span className={styles.quiet}>{opened.kept_source}</span>}
            <Fields rows={opened.fields} english={english} level={level} />
          </div>
        )}
      </Drawer>
    </>
  );
}

interface FieldsProps {
  rows: FieldOut[];
  english: boolean;
  level: (code: string) => React.ReactNode;
}

function Fields({ rows, english, level }: FieldsProps) {
  const { t } = useTranslation("privacy");
  const columns: Column<FieldOut>[] = [
    {
      key: "field",
      title: t("catalogue.field"),
      render: (field) => (
        <span className={styles.stack}>
          <span>{english ? field.en : field.zh}</span>
          <small>{field.name}</small>
        </span>
      ),
    },
    { key: "level", title: t("catalogue.levelColumn"), render: (field) => level(field.level) },
    {
      key: "store",
      title: t("catalogue.storeColumn"),
      render: (field) => t(`store.${field.store || "plain"}`),
    },
  ];
  return <DataTable rowKey={(field) => field.name} columns={columns} rows={rows} />;
}
