import { EyeOutlined } from "@ant-design/icons";
import { Button, Popover } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/access/api";
import { ProblemView } from "@/shared/components/ProblemView";
import { useReveal, type RevealIn } from "../profileApi";
import styles from "./customers.module.css";

const REASONS: RevealIn["reason"][] = ["CALL", "VERIFY", "SERVICE", "COMPLAINT"];
/** What can be rung up or written to at once. */
const SCHEMES: Partial<Record<RevealIn["field"], string>> = { mobile: "tel", email: "mailto" };
/** A revealed value hides itself again: the screen may be looked at by others. */
const SHOWN_MS = 60_000;

interface Props {
  customerId: number;
  field: RevealIn["field"];
  masked: string;
}

/** A masked value; asked for the reason, it is shown for a minute and the look is accounted for. */
export function Reveal({ customerId, field, masked }: Props) {
  const { t } = useTranslation("customers");
  const me = useMe();
  const [open, setOpen] = useState(false);
  const { mutate, data, reset, error, isPending } = useReveal(customerId);
  useEffect(() => {
    if (!data) return;
    const timer = setTimeout(reset, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [data, reset]);

  if (data) {
    const scheme = SCHEMES[field];
    return scheme ? (
      <a className={styles.revealed} href={`${scheme}:${data.value}`}>
        {data.value}
      </a>
    ) : (
      <span className={styles.revealed}>{data.value}</span>
    );
  }
  if (!masked) return <span className={styles.quiet}>{t("reveal.noValue")}</span>;
  const choices = (
    <div className={styles.revealChoices}>
      <span className={styles.quiet}>{t("reveal.why")}</span>
      {REASONS.map((reason) => (
        <Button
          key={reason}
          disabled={isPending}
          onClick={() => mutate({ field, reason }, { onSuccess: () => setOpen(false) })}
        >
          {t(`reveal.reason.${reason}`)}
        </Button>
      ))}
      {error && <ProblemView error={error} />}
    </div>
  );
  return (
    <span className={styles.masked}>
      <span>{masked}</span>
      {me.data?.rights.includes("customer.reveal") && (
        <Popover
          title={t(`reveal.title.${field}`)}
          content={choices}
          trigger="click"
          open={open}
          onOpenChange={setOpen}
          destroyOnHidden
        >
          <Button
            size="small"
            type="text"
            icon={<EyeOutlined />}
            aria-label={t(`reveal.title.${field}`)}
            title={t(`reveal.title.${field}`)}
          />
        </Popover>
      )}
    </span>
  );
}
