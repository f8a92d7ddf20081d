import { App, Button, Input, Modal, Segmented, Select } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { TextAreaRef } from "antd/es/input/TextArea";
import { ProblemView } from "@/shared/components/ProblemView";
import { useSettled } from "@/shared/hooks/useSettled";
import { useSubmit, useTextCheck, useVariables, type Channel, type Kind, type Template } from "../api";
import { CHANNELS, KINDS, RISKS } from "../codes";
import styles from "./outreach.module.css";
import { Words } from "./Words";

interface Props {
  /** The template whose next version it is; none: a new one. */
  template?: Template | undefined;
  onClose: () => void;
}

/** Write a text: what is wrong with it stands below while it is written, and how it will look to the customer. */
export function TemplateDialog({ template, onClose }: Props) {
  const { t } = useTranslation("outreach");
  const { message } = App.useApp();
  const [name, setName] = useState(template?.name ?? "");
  const [channel, setChannel] = useState<Channel>(template?.channel ?? "SMS");
  const [kind, setKind] = useState<Kind>(template?.kind ?? "MARKETING");
  const [risk, setRisk] = useState<number | null>(template?.risk ?? null);
  const [subject, setSubject] = useState(template?.versions[0]?.subject ?? "");
  const [text, setText] = useState(template?.versions[0]?.text ?? "");
  const area = useRef<TextAreaRef>(null);
  const mail = channel === "EMAIL";
  const written = `${mail ? subject : ""}\n${text}`;
  const settled = useSettled(written, 250);
  const cut = settled.indexOf("\n");
  const check = useTextCheck({ channel, kind, subject: settled.slice(0, cut), text: settled.slice(cut + 1) });
  const variables = useVariables(channel);
  const { mutate, isPending, error } = useSubmit();
  const problem = error ?? check.error;
  const faults = text.trim() && check.data ? check.data.faults : [];
  const ready =
    name.trim() !== "" && text.trim() !== "" && settled === written && check.isSuccess && faults.length === 0;
  const newest = template?.versions[0];
  const same = newest && text.trim() === newest.text && (!mail || subject.trim() === newest.subject);
  const insert = (variable: string) => {
    const field = area.current?.resizableTextArea?.textArea;
    const at = field?.selectionStart ?? text.length;
    setText(text.slice(0, at) + variable + text.slice(field?.selectionEnd ?? at));
    field?.focus();
  };
  return (
    <Modal
      open
      title={template ? t("edit.next", { name: template.name }) : t("edit.new")}
      okText={t("edit.submit")}
      okButtonProps={{ disabled: !ready || same }}
      confirmLoading={isPending}
      onOk={() =>
        mutate(
          {
            template_id: template?.id ?? null,
            name,
            channel,
            kind,
            risk: kind === "SERVICE" ? null : risk,
            subject: mail ? subject : "",
            text,
          },
          {
            onSuccess: () => {
              void message.success(t("edit.submitted"));
              onClose();
            },
          },
        )
      }
      onCancel={onClose}
    >
      <div className={styles.form}>
        <label htmlFor="template-name">{t("edit.name")}</label>
        <Input
          id="template-name"
          value={name}
          maxLength={60}
          placeholder={t("edit.nameHint")}
          onChange={(event) => setName(event.target.value)}
        />
        <span>{t("edit.channel")}</span>
        <Segmented
          aria-label={t("edit.channel")}
          value={channel}
          disabled={template !== undefined}
          options={CHANNELS.map((value) => ({ value, label: t(`channel.${value}`) }))}
          onChange={setChannel}
        />
        {(channel === "WECOM" || channel === "APP") && (
          <span className={styles.quiet}>{t(`channels.hint.${channel}`)}</span>
        )}
        <span>{t("edit.kind")}</span>
        <Segmented
          aria-label={t("edit.kind")}
          value={kind}
          disabled={template !== undefined}
          options={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
          onChange={setKind}
        />
        <span className={styles.quiet}>{t(`kindHint.${kind}`)}</span>
        {kind !== "SERVICE" && (
          <Select<number | null>
            aria-label={t("edit.risk")}
            value={risk}
            disabled={template !== undefined}
            options={[
              { value: null, label: t("edit.noRisk") },
              ...RISKS.map((value) => ({ value, label: t("edit.riskOf", { value }) })),
            ]}
            onChange={setRisk}
          />
        )}
        {mail && (
          <>
            <label htmlFor="template-subject">{t("edit.subject")}</label>
            <Input
              id="template-subject"
              lang="zh"
              value={subject}
              maxLength={60}
              placeholder={t("edit.subjectHint")}
              onChange={(event) => setSubject(event.target.value)}
            />
          </>
        )}
        <label htmlFor="template-text">{t("edit.text")}</label>
        <Input.TextArea
          id="template-text"
          ref={area}
          lang="zh"
          rows={mail ? 8 : 4}
          value={text}
          maxLength={mail ? 5000 : 2000}
          placeholder={t("edit.textHint")}
          onChange={(event) => setText(event.target.value)}
        />
        <div className={styles.tools}>
          <span className={styles.quiet}>{t("edit.insert")}</span>
          {variables.data?.map((variable) => (
            <Button key={variable} size="small" lang="zh" onClick={() => insert(variable)}>
              {variable}
            </Button>
          ))}
        </div>
        {faults.length > 0 && (
          <ul className={styles.faults} role="alert">
            {faults.map(({ code, about }) => (
              <li key={code + about}>{t(`fault.${code}`, { about: code === "personal" ? "" : about })}</li>
            ))}
          </ul>
        )}
        {text.trim() !== "" && check.data && (
          <>
            <span className={styles.quiet}>
              {t(channel === "SMS" ? "edit.looks" : "edit.looksMail", { count: check.data.parts })}
            </span>
            <Words subject={check.data.head} text={check.data.text} />
          </>
        )}
        {problem && <ProblemView error={problem} />}
      </div>
    </Modal>
  );
}
