import { App, Button, Modal, QRCode, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useProblemNotice } from "@/shared/hooks/useProblemNotice";
import styles from "../../campaigns/components/campaign.module.css";
import { useAnswer, useCame } from "../api";
import type { Guest, SalonDetail } from "../types";

interface Props {
  salon: SalonDetail;
  guest: Guest;
}

/** What may be done about one guest now: write the answer down, show the link, check in. */
export function GuestDeeds({ salon, guest }: Props) {
  const { t } = useTranslation("outreach");
  const [shown, setShown] = useState(false);
  const open = salon.state === "OPEN" && guest.attended_at === null;
  if (!guest.link && !guest.code && !salon.may_invite && !salon.door) return "—";
  return (
    <span className={styles.tools}>
      {open && (salon.may_invite || salon.door) && <Answer salon={salon} guest={guest} />}
      {salon.door && <Came salon={salon} guest={guest} />}
      {open && guest.link && (
        <Button size="small" onClick={() => setShown(true)}>
          {t("salon.link.open")}
        </Button>
      )}
      {shown && <LinkDialog guest={guest} onClose={() => setShown(false)} />}
    </span>
  );
}

function Answer({ salon, guest }: Props) {
  const { t } = useTranslation("outreach");
  const problem = useProblemNotice();
  const { mutate, isPending } = useAnswer(salon.id);
  const said = guest.state === "COMING" || guest.state === "WAITING" ? guest.seats : 0;
  return (
    <Select
      size="small"
      aria-label={t("salon.answer.of", { name: guest.name })}
      popupMatchSelectWidth={false}
      loading={isPending}
      disabled={isPending}
      value={guest.state === "INVITED" ? null : said}
      placeholder={t("salon.answer.note")}
      options={[
        ...Array.from({ length: salon.plan.party }, (_, n) => ({
          value: n + 1,
          label: t("salon.answer.coming", { count: n + 1 }),
        })),
        { value: 0, label: t("salon.answer.not") },
      ]}
      onChange={(seats: number | null) =>
        seats !== null &&
        mutate({ guest: guest.id, coming: seats > 0, seats: Math.max(seats, 1) }, { onError: problem })
      }
    />
  );
}

function Came({ salon, guest }: Props) {
  const { t } = useTranslation("outreach");
  const { message } = App.useApp();
  const problem = useProblemNotice();
  const { mutate, isPending } = useCame(salon.id);
  const came = guest.attended_at === null;
  return (
    <Button
      size="small"
      type={came ? "primary" : "default"}
      loading={isPending}
      onClick={() =>
        mutate(
          { guest: guest.id, came },
          {
            onSuccess: () => void message.success(t(came ? "salon.done.came" : "salon.done.uncame")),
            onError: problem,
          },
        )
      }
    >
      {t(came ? "salon.door.in" : "salon.door.undo")}
    </Button>
  );
}

function LinkDialog({ guest, onClose }: { guest: Guest; onClose: () => void }) {
  const { t } = useTranslation("outreach");
  const { message } = App.useApp();
  const copy = () =>
    void navigator.clipboard
      .writeText(guest.link)
      .then(() => message.success(t("salon.link.copied")))
      .catch(() => message.error(t("salon.link.notCopied")));
  return (
    <Modal
      open
      title={t("salon.link.title", { name: guest.name })}
      footer={<Button onClick={onClose}>{t("salon.link.close")}</Button>}
      onCancel={onClose}
    >
      <div className={styles.form}>
        <p className={styles.quiet}>{t("salon.link.hint")}</p>
        <div style={{ justifySelf: "center" }}>
          <QRCode value={guest.link} size={220} type="svg" />
        </div>
        <p className={styles.digest}>{guest.link}</p>
        <Button onClick={copy}>{t("salon.link.copy")}</Button>
        {guest.code && <p>{t("salon.link.code", { code: guest.code })}</p>}
      </div>
    </Modal>
  );
}
