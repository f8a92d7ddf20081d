import { PlayCircleOutlined, UndoOutlined } from "@ant-design/icons";
import { App, Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useUnsaved } from "@/segments/useUnsaved";
import { PageTitle } from "@/shared/components/PageTitle";
import { ProblemView } from "@/shared/components/ProblemView";
import { useSettled } from "@/shared/hooks/useSettled";
import { useCheck, useSave } from "../api";
import { BLANK, freshId, inserted, newStep, removed, stepOf, waysOut } from "../definition";
import { useEditing } from "../useEditing";
import { useSay } from "../useSay";
import type { Choices, Definition, JourneyDetail } from "../types";
import { Board } from "./Board";
import { DryRun } from "./DryRun";
import { Faults } from "./Faults";
import styles from "./journey.module.css";
import { StepDrawer } from "./StepDrawer";

interface Props {
  /** The version that is drawn on; none: a new journey. */
  journey: JourneyDetail | null;
  choices: Choices;
  onSaved: (journey: JourneyDetail) => void;
  onLeave: () => void;
}

/** Draw a journey: what is wrong with it shows while it is drawn, and it is kept as a draft whatever its faults. */
export function Editor({ journey, choices, onSaved, onLeave }: Props) {
  const { t } = useTranslation("outreach");
  const { message, modal } = App.useApp();
  const say = useSay(choices);
  const { now, dirty, change, undo, saved } = useEditing(
    journey ? { name: journey.name, definition: journey.definition } : { name: "", definition: BLANK },
  );
  const [open, setOpen] = useState<string | null>(null);
  const [trying, setTrying] = useState(false);
  const unsaved = {
    title: t("journey.leave.title"),
    text: t("journey.leave.text"),
    leave: t("journey.leave.leave"),
    stay: t("journey.leave.stay"),
  };
  const release = useUnsaved(dirty, unsaved);
  const { definition } = now;
  const settled = useSettled(definition, 600);
  const check = useCheck(settled);
  const save = useSave();
  // what was found before a step was taken out may still name it
  const there = ({ step }: { step: string | null }) =>
    step === null || stepOf(definition, step) !== undefined;
  const found = check.data && {
    faults: check.data.faults.filter(there),
    hints: check.data.hints.filter(there),
  };
  const draw = (to: Definition, at: string | null = null) => change({ ...now, definition: to }, at);
  const remove = (id: string) => {
    const step = stepOf(definition, id);
    if (!step) return;
    modal.confirm({
      title: t("journey.form.removeSure"),
      content: t(waysOut(step).length > 1 ? "journey.form.removeForked" : "journey.form.removeHint"),
      okText: t("journey.form.remove"),
      okButtonProps: { danger: true },
      onOk: () => {
        draw(removed(definition, id));
        setOpen(null);
      },
    });
  };
  const keep = () =>
    save.mutate(
      { id: journey?.id ?? null, journey: now },
      {
        onSuccess: (kept) => {
          saved(now);
          if (!journey) release(); // it goes on under its own address
          const wrong = kept.check.faults.length;
          void message.success(
            t(wrong ? "journey.deed.savedFaults" : "journey.deed.saved", { number: wrong }),
          );
          onSaved(kept);
        },
      },
    );
  const leave = () => {
    if (!dirty) onLeave();
    else
      modal.confirm({
        title: unsaved.title,
        content: unsaved.text,
        okText: unsaved.leave,
        cancelText: unsaved.stay,
        onOk: () => {
          release();
          onLeave();
        },
      });
  };
  const ready = found?.faults.length === 0 && settled === definition && !check.isPlaceholderData;
  return (
    <>
      <PageTitle
        question={journey ? t("journey.editing", { name: journey.name }) : t("journey.titleNew")}
        extra={
          <span className={styles.tools}>
            <Button icon={<UndoOutlined />} disabled={!undo} onClick={undo}>
              {t("journey.deed.undo")}
            </Button>
            <Button
              icon={<PlayCircleOutlined />}
              disabled={!ready}
              title={ready ? "" : t("journey.deed.faulty")}
              onClick={() => setTrying(true)}
            >
              {t("journey.deed.dry")}
            </Button>
            <Button type={dirty ? "default" : "primary"} onClick={leave}>
              {t("journey.deed.leave")}
            </Button>
            <Button
              type="primary"
              disabled={!dirty || now.name.trim() === ""}
              title={now.name.trim() === "" ? t("journey.nameNeeded") : ""}
              loading={save.isPending}
              onClick={keep}
            >
              {t("journey.deed.save")}
            </Button>
          </span>
        }
      />
      <div className={styles.page}>
        {save.error && <ProblemView error={save.error} />}
        <label className={styles.named}>
          <span>{t("journey.named")}</span>
          <Input
            value={now.name}
            maxLength={60}
            placeholder={t("journey.nameHint")}
            onChange={({ target }) => change({ ...now, name: target.value }, "name")}
          />
        </label>
        <div className={`${styles.columns} ${styles.stage}`}>
          <Board
            definition={definition}
            say={say}
            faults={found?.faults ?? []}
            chosen={open}
            onOpen={setOpen}
            onInsert={(place, type) => {
              const id = freshId(definition);
              draw(inserted(definition, place, newStep(type, id, t("journey.taskTitle"))));
              setOpen(id);
            }}
            onRemove={remove}
          />
          <div className={styles.aside}>
            {check.error && !found ? (
              <ProblemView error={check.error} onRetry={() => void check.refetch()} />
            ) : (
              <Faults definition={definition} check={found} say={say} draft onOpen={setOpen} />
            )}
          </div>
          {open !== null && (
            <StepDrawer
              key={open}
              definition={definition}
              id={open}
              faults={found?.faults ?? []}
              choices={choices}
              say={say}
              onChange={draw}
              onClose={() => setOpen(null)}
            />
          )}
        </div>
      </div>
      {trying && (
        <DryRun definition={definition} id={journey?.id ?? null} say={say} onClose={() => setTrying(false)} />
      )}
    </>
  );
}
