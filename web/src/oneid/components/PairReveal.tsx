import { EyeOutlined } from "@ant-design/icons";
import { Button, Popconfirm } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { problemText } from "@/shared/problem";
import { usePairReveal, type RevealField } from "../api";
import styles from "./oneid.module.css";

/** A revealed value hides itself again: the screen may be looked at by others. */
const SHOWN_MS = 60_000;

interface Props {
  pairId: number;
  customerId: number;
  field: RevealField;
  masked: string;
}

/** A masked value of a pair; shown for a minute, to verify who it is, and accounted for. */
export function PairReveal({ pairId, customerId, field, masked }: Props) {
  const { t } = useTranslation(["oneid", "shared"]);
  const { mutate, data, reset, error, isPending } = usePairReveal(pairId, customerId);
  useEffect(() => {
    if (!data) return;
    const timer = setTimeout(reset, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [data, reset]);
  if (!masked) return <span className={styles.quiet}>{t("missing")}</span>;
  if (data) return <span className={styles.revealed}>{data.value}</span>;
  const name = t("reveal.title", { field: t(`field.${field}`) });
  return (
    <span className={styles.value}>
      {masked}
      <Popconfirm
        title={name}
        description={error ? problemText(error, t).title : t("reveal.hint")}
        okText={t("reveal.ok")}
        onConfirm={() => mutate(field)}
      >
        <Button
          size="small"
          type="text"
          icon={<EyeOutlined />}
          loading={isPending}
          aria-label={name}
          title={name}
        />
      </Popconfirm>
    </span>
  );
}
