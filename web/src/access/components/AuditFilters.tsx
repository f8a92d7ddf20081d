import { Button, DatePicker, Input, Select } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import type { AuditFilter } from "../api";
import styles from "./audit.module.css";

interface Props {
  filter: AuditFilter;
  actions: string[];
  onChange: (change: Partial<Record<keyof AuditFilter, string | undefined>>) => void;
}

const TEXTS = ["who", "object", "address"] as const;

/** What an auditor narrows the trail by. A text counts when Enter is pressed or the field is left. */
export function AuditFilters({ filter, actions, onChange }: Props) {
  const { t } = useTranslation(["access", "shared"]);
  const narrowed = Object.values(filter).some(Boolean);
  return (
    <div className={styles.filters}>
      <DatePicker.RangePicker
        className={styles.days}
        aria-label={t("audit.filter.days")}
        allowEmpty={[true, true]}
        value={[filter.since ? dayjs(filter.since) : null, filter.until ? dayjs(filter.until) : null]}
        onChange={(days) =>
          onChange({ since: days?.[0]?.format("YYYY-MM-DD"), until: days?.[1]?.format("YYYY-MM-DD") })
        }
      />
      <Select
        className={styles.action}
        allowClear
        showSearch={{ optionFilterProp: "label" }}
        aria-label={t("audit.filter.action")}
        placeholder={t("audit.filter.action")}
        value={filter.action || null}
        onChange={(action) => onChange({ action: action ?? undefined })}
        options={actions.map((action) => ({
          value: action,
          label: t(`audit.action.${action}`, { defaultValue: action }),
        }))}
      />
      {TEXTS.map((name) => (
        <Input
          key={`${name} ${filter[name]}`}
          className={styles.text}
          allowClear
          aria-label={t(`audit.filter.${name}`)}
          placeholder={t(`audit.filter.${name}`)}
          defaultValue={filter[name]}
          onPressEnter={(event) => onChange({ [name]: event.currentTarget.value.trim() || undefined })}
          onBlur={(event) => {
            const value = event.currentTarget.value.trim();
            if (value !== filter[name]) onChange({ [name]: value || undefined });
          }}
          onClear={() => onChange({ [name]: undefined })}
        />
      ))}
      {narrowed && (
        <Button
          type="link"
          onClick={() =>
            onChange({
              since: undefined,
              until: undefined,
              who: undefined,
              action: undefined,
              object: undefined,
              address: undefined,
            })
          }
        >
          {t("shared:clear")}
        </Button>
      )}
    </div>
  );
}
