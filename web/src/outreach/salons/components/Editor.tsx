import { App, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useUnsaved } from "@/segments/useUnsaved";
import { PageTitle } from "@/shared/components/PageTitle";
import { useProblemNotice } from "@/shared/hooks/useProblemNotice";
import styles from "../../campaigns/components/campaign.module.css";
import { useSaveSalon } from "../api";
import { draftOf, emptyPlan } from "../plan";
import type { Choices, SalonDetail, SalonIn } from "../types";
import { PlanForm } from "./PlanForm";

interface Props {
  salon: SalonDetail | null;
  choices: Choices;
  onSaved: (id: number) => void;
  onLeave: () => void;
}

/** A salon while it is planned. */
export function Editor({ salon, choices, onSaved, onLeave }: Props) {
  const { t } = useTranslation("outreach");
  const { message, modal } = App.useApp();
  const problem = useProblemNotice();
  const [first] = useState<SalonIn>(() =>
    salon ? draftOf(salon) : { name: "", host_id: choices.hosts[0]?.id ?? 0, plan: emptyPlan(Date.now()) },
  );
  const [draft, setDraft] = useState(first);
  const dirty = JSON.stringify(draft) !== JSON.stringify(first);
  const unsaved = {
    title: t("journey.leave.title"),
    text: t("journey.leave.text"),
    leave: t("journey.leave.leave"),
    stay: t("journey.leave.stay"),
  };
  const release = useUnsaved(dirty, unsaved);
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
  const { mutate, isPending } = useSaveSalon();
  const save = () =>
    mutate(
      { id: salon?.id ?? null, salon: draft },
      {
        onSuccess: ({ id }) => {
          release();
          void message.success(t("salon.done.save"));
          onSaved(id);
        },
        onError: problem,
      },
    );
  const nameless = draft.name.trim() === "";
  return (
    <>
      <PageTitle
        question={salon ? salon.name : t("salon.new")}
        extra={
          <div className={styles.tools}>
            <Button onClick={leave}>{t("campaign.form.leave")}</Button>
            <Button
              type="primary"
              disabled={nameless}
              title={nameless ? t("salon.fault.NO_NAME") : ""}
              loading={isPending}
              onClick={save}
            >
              {t("campaign.form.save")}
            </Button>
          </div>
        }
      />
      <PlanForm
        salon={draft}
        choices={choices}
        onSalon={(change) => setDraft({ ...draft, ...change })}
        onChange={(change) => setDraft({ ...draft, plan: { ...draft.plan, ...change } })}
      />
    </>
  );
}
