import { SearchOutlined } from "@ant-design/icons";
import { Input, Segmented, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/app/client";
import { useScreen } from "@/shared/hooks/useScreen";
import { TABS, type Tab } from "../codes";
import styles from "./care.module.css";

interface Props {
  status: Tab;
  type: string;
  tier: string;
  q: string;
  counts: Schemas["Counts"] | undefined;
  onChange: (change: { status?: string; type?: string; tier?: string; q?: string }) => void;
}

/** What the list is narrowed to; each choice says how many it would leave. */
export function Filters({ status, type, tier, q, counts, onChange }: Props) {
  const { t } = useTranslation(["care", "shared"]);
  const { phone } = useScreen();
  const number: Record<Tab, number | undefined> = {
    OPEN: counts && counts.left + counts.later,
    DONE: counts?.done,
    OVERFLOW: counts?.overflow,
  };
  const withCount = (name: string, count: number) => t("nameCount", { name, count });
  return (
    <div className={styles.filters}>
      <Segmented
        block={phone}
        value={status}
        onChange={(value) => onChange({ status: value, type: undefined, tier: undefined })}
        options={TABS.map((tab) => ({
          value: tab,
          label: number[tab] === undefined ? t(`tab.${tab}`) : withCount(t(`tab.${tab}`), number[tab]),
        }))}
      />
      <Select
        className={styles.filterType}
        aria-label={t("filter.type")}
        placeholder={t("filter.type")}
        allowClear
        value={type || null}
        onChange={(value) => onChange({ type: value ?? undefined })}
        options={Object.entries(counts?.by_type ?? {}).map(([code, count]) => ({
          value: code,
          label: withCount(counts?.own_names[code] ?? t(`event.${code}`), count),
        }))}
      />
      <Select
        className={styles.filterTier}
        aria-label={t("filter.tier")}
        placeholder={t("filter.tier")}
        allowClear
        value={tier || null}
        onChange={(value) => onChange({ tier: value ?? undefined })}
        options={Object.entries(counts?.by_tier ?? {})
          .reverse()
          .map(([rank, count]) => ({ value: rank, label: withCount(t(`shared:tier.${rank}`), count) }))}
      />
      <Input
        className={styles.filterSearch}
        aria-label={t("filter.search")}
        placeholder={t("filter.search")}
        prefix={<SearchOutlined />}
        allowClear
        value={q}
        onChange={(event) => onChange({ q: event.target.value })}
      />
    </div>
  );
}
