import { Button, Drawer, Popconfirm } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useScreen } from "@/shared/hooks/useScreen";
import { linked, removed, replaced, START, stepOf, waysOut } from "../definition";
import type { Say } from "../useSay";
import type { Choices, Definition, Fault } from "../types";
import { faultsAt, TRIGGER } from "./boardProps";
import { ICONS } from "./icons";
import styles from "./journey.module.css";
import { StepForm } from "./StepForm";
import { TriggerForm } from "./TriggerForm";
import { WaysForm } from "./WaysForm";

interface FrameProps {
  definition: Definition;
  id: string;
  faults: Fault[];
  say: Say;
  footer?: ReactNode;
  onClose: () => void;
  children: ReactNode;
}

/** The drawer of a card: what it is, what is wrong with it, and what it is told. The canvas beside it stays at hand. */
export function CardDrawer({ definition, id, faults, say, footer, onClose, children }: FrameProps) {
  const { t } = useTranslation("outreach");
  const { phone } = useScreen();
  const step = stepOf(definition, id);
  const type = step?.type ?? "TRIGGER";
  return (
    <Drawer
      open
      mask={phone}
      {...(phone ? {} : { getContainer: false })} // within the stage: what may be done with the journey stays at hand
      placement={phone ? "bottom" : "right"}
      size={phone ? "92dvh" : 420}
      onClose={onClose}
      title={
        <span className={styles.tools}>
          {ICONS[type]}
          {t(step ? `journey.type.${step.type}` : "journey.form.trigger")}
        </span>
      }
      footer={footer}
    >
      <div className={styles.form}>
        {step && <p className={styles.quiet}>{t(`journey.typeHint.${step.type}`)}</p>}
        {faultsAt(faults, id).length > 0 && (
          <ul className={styles.faults} role="alert">
            {faultsAt(faults, id).map((fault) => (
              <li key={fault.code + fault.about}>{say.fault(definition, fault)}</li>
            ))}
          </ul>
        )}
        {children}
      </div>
    </Drawer>
  );
}

interface Props {
  definition: Definition;
  id: string;
  faults: Fault[];
  choices: Choices;
  say: Say;
  /** `at`: what was changed, for changes of the same to be taken back as one. */
  onChange: (definition: Definition, at: string | null) => void;
  onClose: () => void;
}

/** A step's or the trigger's form; a change shows on the canvas at once. */
export function StepDrawer({ definition, id, faults, choices, say, onChange, onClose }: Props) {
  const { t } = useTranslation("outreach");
  const step = stepOf(definition, id);
  if (!step && id !== TRIGGER) return null; // it was taken back
  const frame = { definition, id, faults, say, onClose };
  if (!step)
    return (
      <CardDrawer {...frame}>
        <TriggerForm definition={definition} choices={choices} onChange={(to) => onChange(to, "trigger")} />
        <WaysForm
          definition={definition}
          ways={[{ out: START.out, to: definition.start ?? null }]}
          say={say}
          onLink={(place, to) => onChange(linked(definition, place, to), null)}
        />
      </CardDrawer>
    );
  const ways = waysOut(step);
  return (
    <CardDrawer
      {...frame}
      footer={
        <Popconfirm
          title={t("journey.form.removeSure")}
          description={t(ways.length > 1 ? "journey.form.removeForked" : "journey.form.removeHint")}
          styles={{ container: { maxWidth: 320 } }}
          onConfirm={() => {
            onChange(removed(definition, id), null);
            onClose();
          }}
        >
          <Button danger>{t("journey.form.remove")}</Button>
        </Popconfirm>
      }
    >
      <StepForm
        step={step}
        definition={definition}
        choices={choices}
        say={say}
        onChange={(to) => onChange(replaced(definition, to), `step ${id}`)}
      />
      <WaysForm
        definition={definition}
        step={step}
        ways={ways}
        say={say}
        onLink={(place, to) => onChange(linked(definition, place, to), null)}
      />
    </CardDrawer>
  );
}
