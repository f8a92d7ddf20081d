import { useTranslation } from "react-i18next";
import type { Schemas } from "@/app/client";
import { useFormat } from "@/shared/hooks/useFormat";
import styles from "./care.module.css";

export function LastContact({ contact }: { contact: Schemas["ContactOut"] | null }) {
  const { t } = useTranslation("care");
  const format = useFormat();
  if (!contact) return <p className={styles.quiet}>{t("noContact")}</p>;
  return (
    <div className={styles.contact}>
      <div>
        {t(`channel.${contact.channel}`)} · <strong>{t(`result.${contact.result}`)}</strong>
      </div>
      {contact.note && <div>{contact.note}</div>}
      <small>
        {format.moment(contact.at)} · {contact.by}
      </small>
    </div>
  );
}
