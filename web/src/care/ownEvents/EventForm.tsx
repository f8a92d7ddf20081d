import { Alert, App, Button, Drawer, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemView } from "@/shared/components/ProblemView";
import { useScreen } from "@/shared/hooks/useScreen";
import {
  type OwnChoices,
  type OwnDraft,
  type OwnEvent,
  type Tried,
  useOwnChoices,
  useSubmitEvent,
} from "./api";
import { begun, drafted, isOf, triedOf } from "./codes";
import { Settings, Texts } from "./Fields";
import styles from "./own.module.css";
import { Simulation } from "./Simulation";

interface Props {
  /** Null: a new one. */
  event: OwnEvent | null;
  onClose: () => void;
}

/** A new event, or another version of one: written, tried on the past, then submitted. */
export function EventForm({ event, onClose }: Props) {
  const { t } = useTranslation("care");
  const { phone } = useScreen();
  const choices = useOwnChoices();
  return (
    <Drawer
      open
      title={event ? t("own.editTitle", { name: event.name }) : t("own.new")}
      placement={phone ? "bottom" : "right"}
      size={phone ? "94dvh" : 680}
      onClose={onClose}
      mask={{ closable: false }}
    >
      {choices.data ? (
        <Body event={event} choices={choices.data} onClose={onClose} />
      ) : choices.error ? (
        <ProblemView error={choices.error} onRetry={() => void choices.refetch()} />
      ) : (
        <Skeleton active paragraph={{ rows: 8 }} />
      )}
    </Drawer>
  );
}

function Body({ event, choices, onClose }: Props & { choices: OwnChoices }) {
  const { t } = useTranslation("care");
  const { message } = App.useApp();
  const before = event?.holds ?? event?.newest ?? null;
  const [draft, setDraft] = useState<OwnDraft>(() =>
    before ? drafted(before) : begun(choices.expire_days, choices.quiet_days),
  );
  const [tried, setTried] = useState<Tried | null>(null);
  const { mutate, isPending, error } = useSubmitEvent(event?.id ?? null);
  const written = draft.name_zh.trim() !== "" && draft.says_zh.trim() !== "" && draft.segment !== "";
  const fresh = isOf(tried, draft);
  const change = (part: Partial<OwnDraft>) => setDraft((now) => ({ ...now, ...part }));
  return (
    <div className={styles.form}>
      <Settings draft={draft} choices={choices} onChange={change} />
      <Texts draft={draft} onChange={change} />
      <div className={styles.group}>
        <div className={styles.tools}>
          <Button disabled={draft.segment === ""} onClick={() => setTried(triedOf(draft))}>
            {t("own.simulation.run")}
          </Button>
          <span className={styles.quiet}>
            {t(tried && !fresh ? "own.simulation.stale" : "own.simulation.hint")}
          </span>
        </div>
        {tried && fresh && <Simulation tried={tried} />}
      </div>
      {event?.holds && <Alert type="info" showIcon title={t("own.goesOn", { number: event.holds.number })} />}
      {error && <ProblemView error={error} />}
      <div className={styles.tools}>
        <Button
          type="primary"
          disabled={!written || !fresh}
          loading={isPending}
          onClick={() =>
            mutate(draft, {
              onSuccess: () => {
                void message.success(t("own.submitted"));
                onClose();
              },
            })
          }
        >
          {t("own.submit")}
        </Button>
        {!(written && fresh) && (
          <span className={styles.quiet}>{t(written ? "own.tryFirst" : "own.fillFirst")}</span>
        )}
      </div>
    </div>
  );
}
