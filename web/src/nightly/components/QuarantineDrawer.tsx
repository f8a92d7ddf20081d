import { Drawer, Select, Table, Tag, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/app/client";
import { EmptyState } from "@/shared/components/EmptyState";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { useScreen } from "@/shared/hooks/useScreen";
import { useQuarantine } from "../api";
import styles from "./nightly.module.css";

type Row = Schemas["QuarantineRow"];
const PAGE_SIZE = 50;

interface Props {
  bizDate: string;
  feed: string;
  onFeed: (feed: string) => void;
  onClose: () => void;
}

/** Rows that could not be used: where each stands, and why; values stay masked. */
export function QuarantineDrawer({ bizDate, feed, onFeed, onClose }: Props) {
  const { t } = useTranslation("nightly");
  const format = useFormat();
  const { phone } = useScreen();
  const [page, setPage] = useState(1);
  const found = useQuarantine(bizDate, feed, page);
  const name = (code: string) => t(`feed.${code}`, { defaultValue: code });
  const columns: TableColumnsType<Row> = [
    {
      title: t("quarantine.place"),
      key: "place",
      render: (_, row) => (
        <span className={styles.stack}>
          {row.file}
          <small>{t("quarantine.row", { number: count(row.row) })}</small>
        </span>
      ),
    },
    { title: t("quarantine.column"), key: "column", render: (_, row) => <code>{row.column || "—"}</code> },
    {
      title: t("quarantine.reason"),
      key: "reason",
      render: (_, row) => t(`rowReason.${row.reason}`, { defaultValue: row.reason }),
    },
    { title: t("quarantine.value"), key: "value", render: (_, row) => <code>{row.value_masked}</code> },
  ];
  return (
    <Drawer
      open={bizDate !== ""}
      onClose={onClose}
      placement={phone ? "bottom" : "right"}
      size={phone ? "92dvh" : 720}
      title={bizDate && t("quarantine.title", { date: format.date(bizDate) })}
      extra={
        <Select
          className={styles.feed}
          aria-label={t("quarantine.feed")}
          allowClear
          placeholder={t("quarantine.feed")}
          value={feed || null}
          onChange={(value) => {
            setPage(1);
            onFeed(value ?? "");
          }}
          options={Object.entries(found.data?.by_feed ?? {}).map(([code, number]) => ({
            value: code,
            label: t("nameCount", { name: name(code), number: count(number) }),
          }))}
        />
      }
    >
      {found.error && !found.data && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.data?.total === 0 && <EmptyState title={t("quarantine.none")} hint={t("quarantine.noneHint")} />}
      {found.data && found.data.total > 0 && (
        <div className={styles.run}>
          <div className={styles.heldTitle}>
            {Object.entries(found.data.by_reason).map(([reason, number]) => (
              <Tag key={reason} variant="filled">
                {t("nameCount", {
                  name: t(`rowReason.${reason}`, { defaultValue: reason }),
                  number: count(number),
                })}
              </Tag>
            ))}
          </div>
          <p className={styles.quiet}>{t("quarantine.kept")}</p>
          <Table
            rowKey={(row) => `${row.feed}${row.file}${row.row}${row.column}`}
            size="small"
            columns={columns}
            dataSource={found.data.rows}
            loading={found.isPlaceholderData}
            scroll={{ x: "max-content" }}
            pagination={{
              current: page,
              pageSize: PAGE_SIZE,
              total: found.data.total,
              showSizeChanger: false,
              hideOnSinglePage: true,
              onChange: setPage,
            }}
          />
        </div>
      )}
    </Drawer>
  );
}
