import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import { DataTable } from "@/shared/components/DataTable";
import { Panel } from "@/shared/components/Panel";
import { count, percent } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import type { Outreach } from "../api";
import styles from "./outreach.module.css";

type Provider = Outreach["providers"][number];
const COLOURS = { GOOD: "success", BAD: "error", QUIET: "default" } as const;

/** 渠道状态: how each provider did in 24 hours, and whether that is as it should be. */
export function Providers({ data }: { data: Outreach }) {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  if (data.providers.length === 0) {
    return (
      <Panel title={t("channels.health.title")}>
        <p className={styles.quiet}>{t("messages.noProviders")}</p>
      </Panel>
    );
  }
  return (
    <Panel title={t("channels.health.title")} flush>
      <DataTable
        rowKey={({ name }) => name}
        rows={data.providers}
        columns={[
          {
            key: "name",
            title: t("messages.provider"),
            render: ({ name, channel }) => (
              <span className={styles.stack}>
                {t(`channel.${channel}`)}
                <small>{name}</small>
              </span>
            ),
          },
          {
            key: "health",
            title: t("channels.health.state"),
            wide: true,
            render: (row) => <Health row={row} />,
          },
          {
            key: "sent",
            title: t("messages.figure.sent"),
            align: "right",
            render: (row) => (
              <span className={`${styles.stack} ${styles.right}`}>
                {count(row.sent)}
                {row.awaiting > 0 && (
                  <small>{t("channels.health.awaiting", { number: count(row.awaiting) })}</small>
                )}
              </span>
            ),
          },
          {
            key: "delivered",
            title: t("messages.figure.delivered"),
            align: "right",
            render: ({ delivered }) => count(delivered),
          },
          {
            key: "failed",
            title: t("messages.figure.failed"),
            align: "right",
            render: ({ failed, failure_share }) => (
              <span className={`${styles.stack} ${styles.right}`}>
                {count(failed)}
                {failed > 0 && failure_share !== null && <small>{percent(failure_share)}</small>}
              </span>
            ),
          },
          {
            key: "last",
            title: t("channels.health.lastReceipt"),
            render: ({ last_receipt_at, seconds }) => (
              <span className={styles.stack}>
                {last_receipt_at ? format.moment(last_receipt_at) : "—"}
                {seconds !== null && <small>{t("channels.health.took", { seconds })}</small>}
              </span>
            ),
          },
        ]}
      />
    </Panel>
  );
}

function Health({ row }: { row: Provider }) {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  return (
    <span className={styles.stack}>
      <Tag variant="filled" color={COLOURS[row.health]}>
        {t(`channels.health.of.${row.health}`)}
      </Tag>
      {row.faults.includes("FAILURES") && <small>{t("channels.health.failures")}</small>}
      {row.retrying > 0 && row.retrying_since && (
        <small>
          {t("channels.health.retrying", {
            number: count(row.retrying),
            since: format.moment(row.retrying_since),
          })}
        </small>
      )}
    </span>
  );
}
