import { SearchOutlined } from "@ant-design/icons";
import { Button, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import { useManagers } from "../api";
import { STAGES, TIERS } from "../codes";
import styles from "./customers.module.css";

export interface UrlFilter {
  q: string;
  tier: string;
  stage: string;
  manager: string;
}

interface Props {
  filter: UrlFilter;
  showManager: boolean;
  onChange: (change: Partial<Record<keyof UrlFilter, string | undefined>>) => void;
}

export const POOL = "pool";

export function CustomerFilters({ filter, showManager, onChange }: Props) {
  const { t } = useTranslation(["customers", "shared"]);
  const managers = useManagers();
  const list = (text: string) => (text ? text.split(",") : []);
  const narrowed = Object.values(filter).some(Boolean);
  return (
    <div className={styles.filters}>
      <Input
        className={styles.search}
        aria-label={t("filter.search")}
        placeholder={t("filter.search")}
        prefix={<SearchOutlined />}
        allowClear
        value={filter.q}
        onChange={(event) => onChange({ q: event.target.value || undefined })}
      />
      <Select
        className={styles.select}
        mode="multiple"
        maxTagCount="responsive"
        allowClear
        aria-label={t("column.tier")}
        placeholder={t("column.tier")}
        value={list(filter.tier)}
        onChange={(values) => onChange({ tier: values.join(",") || undefined })}
        options={TIERS.map((tier) => ({ value: String(tier), label: t(`shared:tier.${tier}`) }))}
      />
      <Select
        className={styles.select}
        mode="multiple"
        maxTagCount="responsive"
        allowClear
        aria-label={t("column.stage")}
        placeholder={t("column.stage")}
        value={list(filter.stage)}
        onChange={(values) => onChange({ stage: values.join(",") || undefined })}
        options={STAGES.map((stage) => ({ value: stage, label: t(`shared:stage.${stage}`) }))}
      />
      {showManager && (
        <Select
          className={styles.select}
          allowClear
          showSearch={{ optionFilterProp: "label" }}
          aria-label={t("column.manager")}
          placeholder={t("column.manager")}
          value={filter.manager || null}
          onChange={(value) => onChange({ manager: value ?? undefined })}
          options={[
            { value: POOL, label: t("pool") },
            ...(managers.data ?? []).map(({ id, name, emp_no }) => ({
              value: String(id),
              label: `${name} ${emp_no}`,
            })),
          ]}
        />
      )}
      {narrowed && (
        <Button
          type="link"
          onClick={() => onChange({ q: undefined, tier: undefined, stage: undefined, manager: undefined })}
        >
          {t("shared:clear")}
        </Button>
      )}
    </div>
  );
}
