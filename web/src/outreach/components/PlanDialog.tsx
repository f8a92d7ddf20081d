import { App, Checkbox, Input, Modal, Segmented, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { TIERS } from "@/customers/codes";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { usePlanEvents, usePropose, useSimulation, useTemplates, type Template } from "../api";
import styles from "./outreach.module.css";

/** Which event is answered by which text: with what it would have sent before anybody approves it. `about`: an event to begin with. */
export function PlanDialog({ about, onClose }: { about: string; onClose: () => void }) {
  const { t } = useTranslation(["outreach", "shared"]);
  const { message } = App.useApp();
  const [name, setName] = useState("");
  const [event, setEvent] = useState(about);
  const [from, setFrom] = useState(0);
  const [to, setTo] = useState(5);
  const [template, setTemplate] = useState<number | null>(null);
  const [otherwise, setOtherwise] = useState<number | null>(null);
  const [onDue, setOnDue] = useState(true);
  const [instead, setInstead] = useState(false);
  const events = usePlanEvents();
  const templates = useTemplates();
  const simulation = useSimulation(event, from, to);
  const { mutate, isPending, error } = usePropose();
  const chosen = events.data?.find(({ code }) => code === event);
  const texts = (templates.data ?? []).filter(
    ({ retired_at, versions }) => retired_at === null && versions.some(({ state }) => state === "APPROVED"),
  );
  const first = texts.find(({ id }) => id === template);
  const seconds = texts.filter(({ channel, kind }) => channel !== first?.channel && kind === first?.kind);
  const second = seconds.some(({ id }) => id === otherwise) ? otherwise : null;
  const named = (rows: Template[]) =>
    rows.map((row) => ({
      value: row.id,
      label: `${row.name} · ${t(`channel.${row.channel}`)} · ${t(`kind.${row.kind}`)}`,
    }));
  const tiers = TIERS.map((tier) => ({ value: tier, label: t(`shared:tier.${tier}`) }));
  const problem = error ?? events.error ?? templates.error ?? simulation.error;
  return (
    <Modal
      open
      title={t("plan.new")}
      okText={t("edit.submit")}
      okButtonProps={{ disabled: name.trim() === "" || !chosen || template === null || from > to }}
      confirmLoading={isPending}
      onOk={() =>
        template !== null &&
        mutate(
          {
            name,
            event,
            tier_from: from,
            tier_to: to,
            template_id: template,
            otherwise_id: second,
            on_due: onDue && Boolean(chosen?.has_day),
            instead,
          },
          {
            onSuccess: () => {
              void message.success(t("plan.submitted"));
              onClose();
            },
          },
        )
      }
      onCancel={onClose}
    >
      <div className={styles.form}>
        <label htmlFor="plan-name">{t("edit.name")}</label>
        <Input
          id="plan-name"
          value={name}
          maxLength={60}
          placeholder={t("plan.nameHint")}
          onChange={(change) => setName(change.target.value)}
        />
        <label htmlFor="plan-event">{t("plan.event")}</label>
        <Select
          id="plan-event"
          value={chosen?.code ?? null}
          placeholder={t("plan.eventHint")}
          showSearch={{ optionFilterProp: "label" }}
          options={(events.data ?? []).map((row) => ({ value: row.code, label: row.name }))}
          onChange={setEvent}
        />
        <span>{t("plan.tiers")}</span>
        <div className={styles.tools}>
          <Select aria-label={t("plan.from")} value={from} options={tiers} onChange={setFrom} />
          {t("plan.until")}
          <Select aria-label={t("plan.to")} value={to} options={tiers} onChange={setTo} />
        </div>
        {from > to && <span role="alert">{t("plan.order")}</span>}
        <label htmlFor="plan-text">{t("list.name")}</label>
        <Select
          id="plan-text"
          value={template}
          placeholder={t("send.choose")}
          notFoundContent={t("plan.noTexts")}
          options={named(texts)}
          onChange={setTemplate}
        />
        {first && (
          <>
            <label htmlFor="plan-otherwise">{t("channels.otherwise.label")}</label>
            <Select
              id="plan-otherwise"
              value={second}
              allowClear
              placeholder={t("channels.otherwise.none")}
              notFoundContent={t("channels.otherwise.noTexts", { kind: t(`kind.${first.kind}`) })}
              options={named(seconds)}
              onChange={(value?: number) => setOtherwise(value ?? null)}
            />
            <span className={styles.quiet}>{t("channels.otherwise.hint")}</span>
          </>
        )}
        {chosen?.has_day && (
          <Segmented
            aria-label={t("plan.when")}
            value={onDue}
            options={[
              { value: true, label: t("plan.onDue") },
              { value: false, label: t("plan.nextDay") },
            ]}
            onChange={setOnDue}
          />
        )}
        <Checkbox checked={instead} onChange={(change) => setInstead(change.target.checked)}>
          {t("plan.insteadAsk")}
        </Checkbox>
        {chosen && simulation.data && (
          <blockquote className={styles.bubble}>
            {t(simulation.data.messages ? "plan.would" : "plan.wouldNone", {
              days: simulation.data.days,
              messages: count(simulation.data.messages),
              customers: count(simulation.data.customers),
              most: count(simulation.data.most),
            })}
          </blockquote>
        )}
        {problem && <ProblemView error={problem} />}
      </div>
    </Modal>
  );
}
