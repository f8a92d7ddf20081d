import { App, Button, DatePicker, Drawer, Input } from "antd";
import dayjs from "dayjs";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { todayOf } from "../../campaigns/plan";
import { Field } from "../../campaigns/components/Field";
import styles from "../../campaigns/components/campaign.module.css";
import { ProblemView } from "@/shared/components/ProblemView";
import { useScreen } from "@/shared/hooks/useScreen";
import { useSaveMission, useSaveReward, type Choices, type Mission, type Reward } from "../api";
import { missionOf, rewardOf } from "../plan";
import { MissionFields } from "./MissionFields";
import { RewardFields } from "./RewardFields";

const DATE = "YYYY-MM-DD";

interface Shared {
  name: string;
  plan: { about?: string; starts_on: string; ends_on: string };
}

interface SheetProps {
  title: string;
  draft: Shared;
  onName: (name: string) => void;
  onPlan: (change: Partial<Shared["plan"]>) => void;
  onSave: () => void;
  onClose: () => void;
  saving: boolean;
  error: unknown;
  children: ReactNode;
}

/** What missions and rewards have in common: name, words for the customer, window. */
function Sheet({ title, draft, onName, onPlan, onSave, onClose, saving, error, children }: SheetProps) {
  const { t } = useTranslation("outreach");
  const { phone } = useScreen();
  const day = (key: "starts_on" | "ends_on") => (
    <DatePicker
      allowClear={false}
      value={dayjs(draft.plan[key])}
      onChange={(at) => at && onPlan({ [key]: at.format(DATE) })}
    />
  );
  return (
    <Drawer
      open
      title={title}
      size={phone ? "100%" : 520}
      onClose={onClose}
      footer={
        <Button type="primary" block disabled={draft.name.trim() === ""} loading={saving} onClick={onSave}>
          {t("points.form.save")}
        </Button>
      }
    >
      <div className={styles.form}>
        <Field name={t("points.form.name")}>
          <Input value={draft.name} maxLength={60} onChange={({ target }) => onName(target.value)} />
        </Field>
        {children}
        <Field name={t("points.form.about")}>
          <Input.TextArea
            rows={2}
            maxLength={500}
            value={draft.plan.about ?? ""}
            onChange={({ target }) => onPlan({ about: target.value })}
          />
        </Field>
        <div className={styles.row}>
          <Field name={t("campaign.form.from")}>{day("starts_on")}</Field>
          <Field name={t("campaign.form.to")}>{day("ends_on")}</Field>
        </div>
        {error ? <ProblemView error={error} /> : null}
      </div>
    </Drawer>
  );
}

interface Props<Row> {
  row: Row | null;
  choices: Choices;
  onClose: () => void;
}

/** A mission while it is planned; it is kept as a draft, whatever stands against it. */
export function MissionEditor({ row, choices, onClose }: Props<Mission>) {
  const { t } = useTranslation("outreach");
  const { message } = App.useApp();
  const [draft, setDraft] = useState(() => missionOf(row, todayOf(new Date())));
  const { mutate, isPending, error } = useSaveMission();
  const change = (part: Partial<typeof draft.plan>) =>
    setDraft({ ...draft, plan: { ...draft.plan, ...part } });
  const save = () =>
    mutate(
      { id: row?.id ?? null, mission: draft },
      {
        onSuccess: () => {
          void message.success(t("points.done.save"));
          onClose();
        },
      },
    );
  return (
    <Sheet
      title={t(row ? "points.editMission" : "points.newMission")}
      draft={draft}
      onName={(name) => setDraft({ ...draft, name })}
      onPlan={change}
      onSave={save}
      onClose={onClose}
      saving={isPending}
      error={error}
    >
      <MissionFields plan={draft.plan} choices={choices} onChange={change} />
    </Sheet>
  );
}

/** A reward while it is planned. */
export function RewardEditor({ row, choices, onClose }: Props<Reward>) {
  const { t } = useTranslation("outreach");
  const { message } = App.useApp();
  const [draft, setDraft] = useState(() => rewardOf(row, todayOf(new Date())));
  const { mutate, isPending, error } = useSaveReward();
  const change = (part: Partial<typeof draft.plan>) =>
    setDraft({ ...draft, plan: { ...draft.plan, ...part } });
  const save = () =>
    mutate(
      { id: row?.id ?? null, reward: draft },
      {
        onSuccess: () => {
          void message.success(t("points.done.save"));
          onClose();
        },
      },
    );
  return (
    <Sheet
      title={t(row ? "points.editReward" : "points.newReward")}
      draft={draft}
      onName={(name) => setDraft({ ...draft, name })}
      onPlan={change}
      onSave={save}
      onClose={onClose}
      saving={isPending}
      error={error}
    >
      <RewardFields plan={draft.plan} choices={choices} onChange={change} />
    </Sheet>
  );
}
