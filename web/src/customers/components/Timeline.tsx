import {
  ArrowDownOutlined,
  ArrowUpOutlined,
  BellOutlined,
  HomeOutlined,
  PhoneOutlined,
  SyncOutlined,
} from "@ant-design/icons";
import { Button, Skeleton } from "antd";
import { useState, type ComponentType } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/app/client";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useFormat } from "@/shared/hooks/useFormat";
import { today } from "@/shared/format/dates";
import { useTimeline } from "../api";
import styles from "./profile.module.css";

type Entry = Schemas["TimelineEntry"];
const ICONS: Record<string, ComponentType> = {
  EVENT: BellOutlined,
  CONTACT: PhoneOutlined,
  STAGE: SyncOutlined,
  OPENED: HomeOutlined,
  TIER: ArrowUpOutlined,
};
const FIRST = 12;

function useDetail() {
  const { t } = useTranslation(["customers", "shared"]);
  return (entry: Entry): string => {
    if (entry.kind === "STAGE") return t(`shared:stage.${entry.code}`);
    if (entry.kind !== "TIER") return entry.detail;
    const [from, to] = entry.detail.split(">");
    return t("fromTo", { from: t(`shared:tier.${from}`), to: t(`shared:tier.${to}`) });
  };
}

/** What happened to this customer, newest first. */
export function Timeline({ customerId }: { customerId: number }) {
  const { t } = useTranslation(["customers", "shared"]);
  const format = useFormat();
  const detail = useDetail();
  const [all, setAll] = useState(false);
  const found = useTimeline(customerId);
  const entries = found.data ?? [];
  return (
    <Panel title={t("section.timeline")}>
      {found.isPending && <Skeleton active paragraph={{ rows: 6 }} />}
      {found.error && !found.data && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      <ol className={styles.timeline}>
        {entries.slice(0, all ? undefined : FIRST).map((entry, n) => {
          const down = entry.kind === "TIER" && entry.code === "DOWN";
          const Icon = down ? ArrowDownOutlined : (ICONS[entry.kind] ?? BellOutlined);
          const text = detail(entry);
          return (
            <li key={`${entry.at}${entry.code}${n}`} data-down={down || undefined}>
              <span className={styles.dot} aria-hidden="true">
                <Icon />
              </span>
              <div className={styles.stack}>
                <span>{entry.title}</span>
                {text && <span className={styles.quiet}>{text}</span>}
                <small>
                  {entry.kind === "CONTACT"
                    ? format.moment(entry.at)
                    : format.shortDate(today(new Date(entry.at)))}
                  {entry.by && ` · ${entry.by}`}
                </small>
              </div>
            </li>
          );
        })}
      </ol>
      {!all && entries.length > FIRST && (
        <Button type="text" block onClick={() => setAll(true)}>
          {t("showAll", { count: entries.length })}
        </Button>
      )}
    </Panel>
  );
}
