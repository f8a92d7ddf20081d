import { Select } from "antd";
import { useTranslation } from "react-i18next";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { useTestableSegments } from "../api";
import styles from "./effect.module.css";

interface Props {
  value: string;
  wrong: "" | "error";
  onChange: (code: string) => void;
}

/** One of the segments whose members may be approached. */
export function SegmentField({ value, wrong, onChange }: Props) {
  const { t } = useTranslation("effect");
  const found = useTestableSegments();
  if (found.error) return <ProblemView error={found.error} onRetry={() => void found.refetch()} />;
  if (found.data?.length === 0) return <p className={styles.quiet}>{t("form.noSegments")}</p>;
  return (
    <label>
      {t("form.segment")}
      <Select
        aria-label={t("form.segment")}
        value={value || null}
        status={wrong}
        loading={found.isPending}
        placeholder={t("form.segmentHint")}
        showSearch={{ optionFilterProp: "name" }}
        onChange={onChange}
        options={(found.data ?? []).map(({ code, name, customers, running }) => ({
          value: code,
          name,
          disabled: running !== null,
          label: running
            ? t("form.taken", { name, running })
            : customers === null
              ? t("form.segmentFew", { name })
              : t("form.segmentOption", { name, number: count(customers) }),
        }))}
      />
    </label>
  );
}
