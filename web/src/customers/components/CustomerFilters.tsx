import { FilterOutlined, SearchOutlined } from "@ant-design/icons";
import { Badge, Button, Input, Select, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useManagers } from "../api";
import { isNarrowed, POOL, STAGES, TIERS, type UrlQuery } from "../filters";
import { useChips } from "../useChips";
import { MoreFilters } from "./MoreFilters";
import styles from "./customers.module.css";

interface Props {
  url: UrlQuery;
  showManager: boolean;
  banded: boolean;
  total: number;
  onChange: (change: Record<string, string | undefined>) => void;
  onClear: () => void;
}

const AT_HAND = new Set(["tier", "stage", "manager"]);

/** The usual conditions at hand, all others in a drawer; what is set stands below as chips. */
export function CustomerFilters({ url, showManager, banded, total, onChange, onClear }: Props) {
  const { t } = useTranslation(["customers", "shared"]);
  const managers = useManagers();
  const [more, setMore] = useState(false);
  const set = useChips()(url);
  const others = set.filter(({ names }) => !AT_HAND.has(names[0] ?? ""));
  const list = (text: string | undefined) => (text ? text.split(",") : []);
  return (
    <>
      <div className={styles.filters}>
        <Input
          className={styles.search}
          aria-label={t("filter.search")}
          placeholder={t("filter.search")}
          prefix={<SearchOutlined />}
          allowClear
          value={url.q ?? ""}
          onChange={(event) => onChange({ q: event.target.value || undefined })}
        />
        <Select
          className={styles.select}
          mode="multiple"
          maxTagCount="responsive"
          allowClear
          aria-label={t("column.tier")}
          placeholder={t("column.tier")}
          value={list(url.tier)}
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
          value={list(url.stage)}
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
            value={url.manager || null}
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
        <Badge count={others.length} color="var(--ant-color-primary)">
          <Button icon={<FilterOutlined />} onClick={() => setMore(true)}>
            {t("filter.more")}
          </Button>
        </Badge>
        {isNarrowed(url) && (
          <Button type="link" onClick={onClear}>
            {t("shared:clear")}
          </Button>
        )}
      </div>
      {others.length > 0 && (
        <div className={styles.chips}>
          {others.map(({ names, text, change }) => (
            <Tag
              key={text}
              variant="filled"
              className={styles.mark}
              closable={{ "aria-label": t("chip.remove", { text }) }}
              onClose={(event) => {
                event.preventDefault();
                onChange(change ?? Object.fromEntries(names.map((name) => [name, undefined])));
              }}
            >
              {text}
            </Tag>
          ))}
        </div>
      )}
      <MoreFilters
        open={more}
        url={url}
        banded={banded}
        total={total}
        onChange={onChange}
        onClear={onClear}
        onClose={() => setMore(false)}
      />
    </>
  );
}
