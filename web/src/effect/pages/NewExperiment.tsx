import { App, Button, Input, InputNumber, Segmented, Select, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { useSettled } from "@/shared/hooks/useSettled";
import { MEASURES, type Plan, SHARES, usePlan, usePower, useTestable } from "../api";
import { Chances } from "../components/Chances";
import styles from "../components/effect.module.css";
import { SegmentField } from "../components/SegmentField";

const LEAST = 100;
const EMPTY: Required<Plan> = {
  name: "",
  note: "",
  events: [],
  segment: "",
  share: 20,
  measure: "KEPT",
  horizon_days: 60,
  enrol_days: 90,
  planned: 0,
};

/** Plan an experiment, and see beside it what it could find at all. */
export function Component() {
  const { t } = useTranslation(["effect", "care", "shared"]);
  const { message } = App.useApp();
  const navigate = useNavigate();
  const offered = useTestable();
  const [draft, setDraft] = useState(EMPTY);
  const { mutate, isPending, error } = usePlan();
  const asked = useSettled(draft, 300);
  const [ofSegment, setOfSegment] = useState(false);
  const power = usePower(asked, asked.share, asked.enrol_days);
  const chances = power.data?.chances ?? [];
  const expected =
    (ofSegment ? chances[0] : chances.find(({ days }) => days === draft.enrol_days))?.customers ?? 0;
  const planned = draft.planned || Math.max(LEAST, expected);
  const change = (part: Partial<Plan>) => setDraft((before) => ({ ...before, ...part }));
  const wrong = (place: string) => (error?.place === place ? "error" : "");
  const ready = draft.name.trim() && draft.note.trim() && (draft.events.length > 0 || draft.segment);
  const send = () =>
    mutate(
      { ...draft, planned },
      {
        onSuccess: ({ id }) => {
          void message.success(t("form.sent"));
          void navigate(`/effect/${id}`);
        },
      },
    );
  return (
    <>
      <PageTitle question={t("form.question")} extra={<Link to="/effect">{t("toList")}</Link>} />
      <div className={styles.columns}>
        <Panel>
          {offered.error && <ProblemView error={offered.error} onRetry={() => void offered.refetch()} />}
          {offered.isPending && <Skeleton active paragraph={{ rows: 8 }} />}
          {offered.data && (
            <div className={styles.form}>
              <div className={styles.field}>
                {t("form.scope")}
                <Segmented
                  aria-label={t("form.scope")}
                  value={ofSegment ? "segment" : "events"}
                  onChange={(scope) => {
                    setOfSegment(scope === "segment");
                    change({ events: [], segment: "", planned: 0 });
                  }}
                  options={[
                    { value: "events", label: t("form.byEvents") },
                    { value: "segment", label: t("form.bySegment") },
                  ]}
                />
              </div>
              {ofSegment ? (
                <SegmentField
                  value={draft.segment}
                  wrong={wrong("segment")}
                  onChange={(segment) => change({ segment, planned: 0 })}
                />
              ) : (
                <label>
                  {t("form.events")}
                  <Select
                    mode="multiple"
                    aria-label={t("form.events")}
                    value={draft.events}
                    status={wrong("events")}
                    placeholder={t("form.eventsHint")}
                    showSearch={{ optionFilterProp: "name" }}
                    onChange={(events: string[]) => change({ events })}
                    options={offered.data.map(({ code, customers, running }) => ({
                      value: code,
                      name: t(`care:event.${code}`),
                      disabled: running !== null,
                      label: running
                        ? t("form.taken", { name: t(`care:event.${code}`), running })
                        : t("form.event", { name: t(`care:event.${code}`), number: count(customers) }),
                    }))}
                  />
                </label>
              )}
              <p className={styles.quiet}>{t(ofSegment ? "form.once" : "form.owed")}</p>
              <label>
                {t("form.name")}
                <Input
                  value={draft.name}
                  maxLength={60}
                  status={wrong("name")}
                  placeholder={t("form.nameHint")}
                  onChange={(event) => change({ name: event.target.value })}
                />
              </label>
              <label>
                {t("form.note")}
                <Input.TextArea
                  value={draft.note}
                  maxLength={500}
                  autoSize={{ minRows: 2, maxRows: 5 }}
                  placeholder={t("form.noteHint")}
                  onChange={(event) => change({ note: event.target.value })}
                />
              </label>
              <div className={styles.field}>
                {t("form.measure")}
                <Segmented
                  aria-label={t("form.measure")}
                  value={draft.measure}
                  onChange={(measure) => change({ measure })}
                  options={MEASURES.map((one) => ({ value: one, label: t(`measure.${one}`) }))}
                />
                <p className={styles.quiet}>{t(`measureHint.${draft.measure}`)}</p>
              </div>
              <div className={styles.row}>
                <label>
                  {t("form.share")}
                  <Select
                    aria-label={t("form.share")}
                    value={draft.share}
                    onChange={(share: number) => change({ share })}
                    options={SHARES.map((one) => ({ value: one, label: `${one}%` }))}
                  />
                </label>
                {!ofSegment && (
                  <Days
                    name={t("form.enrol")}
                    value={draft.enrol_days}
                    most={365}
                    onChange={(enrol_days) => change({ enrol_days })}
                  />
                )}
                <Days
                  name={t("form.horizon")}
                  value={draft.horizon_days}
                  most={180}
                  onChange={(horizon_days) => change({ horizon_days })}
                />
                <label>
                  {t("form.planned")}
                  <InputNumber
                    aria-label={t("form.planned")}
                    min={LEAST}
                    max={1_000_000}
                    precision={0}
                    status={wrong("planned")}
                    value={planned}
                    onChange={(value) => change({ planned: value ?? 0 })}
                  />
                </label>
              </div>
              <p className={styles.quiet}>{t("form.horizonHint")}</p>
              {error && <ProblemView error={error} />}
              <Button type="primary" disabled={!ready} loading={isPending} onClick={send}>
                {t("form.send")}
              </Button>
              <p className={styles.quiet}>{t("form.sendHint")}</p>
            </div>
          )}
        </Panel>
        <Chances
          on={asked}
          ofSegment={ofSegment}
          share={asked.share}
          days={asked.enrol_days}
          measure={asked.measure}
        />
      </div>
    </>
  );
}

interface DaysProps {
  name: string;
  value: number;
  most: number;
  onChange: (value: number) => void;
}

function Days({ name, value, most, onChange }: DaysProps) {
  return (
    <label>
      {name}
      <InputNumber
        aria-label={name}
        min={7}
        max={most}
        precision={0}
        value={value}
        onChange={(days) => onChange(days ?? 7)}
      />
    </label>
  );
}
