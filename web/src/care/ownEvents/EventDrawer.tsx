import { Alert, App, Button, Drawer, Input, Popconfirm } from "antd";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { ProblemView } from "@/shared/components/ProblemView";
import { useFormat } from "@/shared/hooks/useFormat";
import { useScreen } from "@/shared/hooks/useScreen";
import { type Deed, type OwnDraft, type OwnEvent, type OwnVersion, useOwnDeed } from "./api";
import { differing, triedOf } from "./codes";
import styles from "./own.module.css";
import { Simulation } from "./Simulation";

/** One event: what holds or waits, with its simulation, and what the viewer may do with it. */
export function EventDrawer({
  event,
  onClose,
  onEdit,
}: {
  event: OwnEvent;
  onClose: () => void;
  onEdit: () => void;
}) {
  const { t } = useTranslation("care");
  const { phone } = useScreen();
  const waiting = event.newest?.state === "PENDING" ? event.newest : null;
  const shown = waiting ?? event.holds ?? event.newest;
  const [trying, setTrying] = useState(waiting !== null);
  return (
    <Drawer
      open
      title={event.name}
      placement={phone ? "bottom" : "right"}
      size={phone ? "94dvh" : 680}
      onClose={onClose}
    >
      <div className={styles.form}>
        {event.idle && (
          <Alert type="warning" showIcon title={t("own.idle")} description={t("own.idleHint")} />
        )}
        {waiting && event.holds && (
          <Alert type="info" showIcon title={t("own.compared", { number: event.holds.number })} />
        )}
        {shown && <Facts version={shown} changed={differing(shown, waiting ? event.holds : null)} />}
        {shown &&
          !event.idle &&
          (trying ? (
            <Simulation tried={triedOf(shown)} />
          ) : (
            <div className={styles.tools}>
              <Button onClick={() => setTrying(true)}>{t("own.simulation.run")}</Button>
              <span className={styles.quiet}>{t("own.simulation.hint")}</span>
            </div>
          ))}
        <Acts event={event} onDone={onClose} onEdit={onEdit} />
      </div>
    </Drawer>
  );
}

function Facts({ version, changed }: { version: OwnVersion; changed: Set<keyof OwnDraft> }) {
  const { t } = useTranslation(["care", "shared"]);
  const format = useFormat();
  const tier =
    version.tier_from === 0
      ? t("own.anyTier")
      : t("own.tierUp", { tier: t(`shared:tier.${version.tier_from}`) });
  const segment = <Link to={`/segments/${version.segment}`}>{version.segment_name}</Link>;
  const short = [
    ["segment", segment],
    ["tier_from", tier],
    ["priority", t(`own.priority.${version.priority}`)],
    ["channel", t(`own.channel.${version.channel}`)],
    ["quiet_days", t("own.days", { count: version.quiet_days })],
    ["expire_days", t("own.days", { count: version.expire_days })],
    ["family", t(`family.${version.family}`)],
  ] as const;
  const texts = (["name_zh", "name_en", "says_zh", "says_en", "script_zh", "script_en"] as const).filter(
    (key) => version[key] !== "" || changed.has(key),
  );
  return (
    <dl className={styles.facts}>
      {short.map(([key, said]) => (
        <div key={key} className={changed.has(key) ? styles.changed : undefined}>
          <dt>{t(`own.field.${key}`)}</dt>
          <dd>{said}</dd>
        </div>
      ))}
      {texts.map((key) => (
        <div key={key} className={`${styles.whole} ${changed.has(key) ? styles.changed : ""}`}>
          <dt>{t(`own.field.${key}`)}</dt>
          <dd>{version[key] || t("own.empty")}</dd>
        </div>
      ))}
      <div className={styles.whole}>
        <dt>{t("own.version", { number: version.number })}</dt>
        <dd>
          {t("own.madeBy", { name: version.made_by, at: format.moment(version.made_at) })}
          {version.decided_by &&
            version.decided_at &&
            `\n${t(`own.by.${version.state === "REFUSED" ? "refused" : "approved"}`, {
              name: version.decided_by,
              at: format.moment(version.decided_at),
            })}`}
          {version.reason && `\n${t("own.because", { reason: version.reason })}`}
        </dd>
      </div>
    </dl>
  );
}

function Acts({ event, onDone, onEdit }: { event: OwnEvent; onDone: () => void; onEdit: () => void }) {
  const { t } = useTranslation("care");
  const { message } = App.useApp();
  const [reason, setReason] = useState("");
  const field = useId();
  const { mutate, isPending, error, variables } = useOwnDeed(event.id);
  const act = (deed: Deed) =>
    mutate(
      { deed, reason },
      {
        onSuccess: () => {
          void message.success(t(`own.done.${deed}`));
          onDone();
        },
      },
    );
  const runs = (deed: Deed) => isPending && variables.deed === deed;
  return (
    <div className={styles.group}>
      {event.may_decide && (
        <div className={styles.field}>
          <label htmlFor={field}>{t("own.refusal")}</label>
          <Input.TextArea
            id={field}
            rows={2}
            maxLength={200}
            value={reason}
            placeholder={t("own.refusalHint")}
            onChange={(change) => setReason(change.target.value)}
          />
        </div>
      )}
      {error && <ProblemView error={error} />}
      <div className={styles.tools}>
        {event.may_decide && (
          <>
            <Button
              type="primary"
              loading={runs("approve")}
              disabled={isPending}
              onClick={() => act("approve")}
            >
              {t("own.approve")}
            </Button>
            <Button
              danger
              loading={runs("refuse")}
              disabled={isPending || reason.trim() === ""}
              onClick={() => act("refuse")}
            >
              {t("own.refuse")}
            </Button>
          </>
        )}
        {event.may_edit && <Button onClick={onEdit}>{t("own.edit")}</Button>}
        {event.may_withdraw && (
          <Popconfirm title={t("own.withdrawSure")} onConfirm={() => act("withdraw")}>
            <Button loading={runs("withdraw")}>{t("own.withdraw")}</Button>
          </Popconfirm>
        )}
        {event.may_stop && (
          <Popconfirm title={t("own.stopSure")} description={t("own.stopHint")} onConfirm={() => act("stop")}>
            <Button danger loading={runs("stop")}>
              {t("own.stop")}
            </Button>
          </Popconfirm>
        )}
      </div>
    </div>
  );
}
