import { App, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useUnsaved } from "@/segments/useUnsaved";
import { PageTitle } from "@/shared/components/PageTitle";
import { useProblemNotice } from "@/shared/hooks/useProblemNotice";
import { useSaveCampaign } from "../api";
import { draftOf, emptyPlan, todayOf } from "../plan";
import type { CampaignDetail, CampaignIn, Choices } from "../types";
import { EstimatePanel } from "./EstimatePanel";
import { PlanForm } from "./PlanForm";
import styles from "./campaign.module.css";

interface Props {
  campaign: CampaignDetail | null;
  choices: Choices;
  onSaved: (id: number) => void;
  onLeave: () => void;
}

/** A campaign while it is planned; beside it what would become of it. */
export function Editor({ campaign, choices, onSaved, onLeave }: Props) {
  const { t } = useTranslation("outreach");
  const { message, modal } = App.useApp();
  const problem = useProblemNotice();
  const [first] = useState<CampaignIn>(() =>
    campaign ? draftOf(campaign) : { name: "", plan: emptyPlan(todayOf(new Date())) },
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
  const { mutate, isPending } = useSaveCampaign();
  const save = () =>
    mutate(
      { id: campaign?.id ?? null, campaign: draft },
      {
        onSuccess: ({ id }) => {
          release();
          void message.success(t("campaign.done.save"));
          onSaved(id);
        },
        onError: problem,
      },
    );
  return (
    <>
      <PageTitle
        question={campaign ? campaign.name : t("campaign.new")}
        extra={
          <div className={styles.tools}>
            <Button onClick={leave}>{t("campaign.form.leave")}</Button>
            <Button
              type="primary"
              disabled={draft.name.trim() === ""}
              title={draft.name.trim() === "" ? t("campaign.fault.NO_NAME") : ""}
              loading={isPending}
              onClick={save}
            >
              {t("campaign.form.save")}
            </Button>
          </div>
        }
      />
      <div className={styles.columns}>
        <PlanForm
          name={draft.name}
          plan={draft.plan}
          choices={choices}
          onName={(name) => setDraft({ ...draft, name })}
          onChange={(change) => setDraft({ ...draft, plan: { ...draft.plan, ...change } })}
        />
        <EstimatePanel campaign={draft} />
      </div>
    </>
  );
}
