import { HistoryOutlined } from "@ant-design/icons";
import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import { DataTable } from "@/shared/components/DataTable";
import { EmptyState } from "@/shared/components/EmptyState";
import { Panel } from "@/shared/components/Panel";
import { useFormat } from "@/shared/hooks/useFormat";
import type { Change } from "../api";
import type { useWords } from "../useWords";
import { Differences } from "./Differences";
import styles from "./standards.module.css";

interface Props {
  changes: Change[];
  words: ReturnType<typeof useWords>;
}

/** What was decided, newest first. */
export function Past({ changes, words }: Props) {
  const { t } = useTranslation("standards");
  const format = useFormat();
  return (
    <Panel title={t("past.title")} flush>
      {changes.length === 0 ? (
        <EmptyState icon={<HistoryOutlined />} title={t("past.none")} hint={t("past.noneHint")} />
      ) : (
        <DataTable
          rowKey={({ id }) => id}
          rows={changes}
          columns={[
            {
              key: "what",
              title: t("past.what"),
              render: ({ before, values, note }) => (
                <span className={styles.stack}>
                  <Differences lines={words.lines(before, values)} />
                  <small>{note}</small>
                </span>
              ),
            },
            { key: "from", title: t("past.from"), render: (row) => format.shortDate(row.valid_from) },
            {
              key: "status",
              title: t("past.status"),
              render: ({ status, reason }) => (
                <span className={styles.stack}>
                  <Tag color={status === "APPROVED" ? "success" : "default"} variant="filled">
                    {t(`status.${status}`)}
                  </Tag>
                  {reason && <small>{reason}</small>}
                </span>
              ),
            },
            {
              key: "by",
              title: t("past.by"),
              render: (row) => (
                <span className={styles.stack}>
                  {row.made_by}
                  <small>{format.moment(row.made_at)}</small>
                </span>
              ),
            },
            {
              key: "decided",
              title: t("past.decided"),
              render: (row) => (
                <span className={styles.stack}>
                  {row.decided_by || "—"}
                  {row.decided_at && <small>{format.moment(row.decided_at)}</small>}
                </span>
              ),
            },
          ]}
        />
      )}
    </Panel>
  );
}
