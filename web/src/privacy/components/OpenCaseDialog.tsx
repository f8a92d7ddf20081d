import { App, Input, Modal, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemView } from "@/shared/components/ProblemView";
import { useFormat } from "@/shared/hooks/useFormat";
import { useOpenCase } from "../api";
import { CHANNELS, KINDS, type Channel, type Kind } from "../codes";
import styles from "./privacy.module.css";

interface Props {
  /** Given on the customer's page; elsewhere the exact number is asked for. */
  customerId?: number;
  onClose: () => void;
}

/** Take a person's request in; the deadline is counted from today. */
export function OpenCaseDialog({ customerId, onClose }: Props) {
  const { t } = useTranslation("privacy");
  const format = useFormat();
  const { message } = App.useApp();
  const [number, setNumber] = useState("");
  const [kind, setKind] = useState<Kind | null>(null);
  const [channel, setChannel] = useState<Channel>("COUNTER");
  const [asked, setAsked] = useState("");
  const { mutate, isPending, error } = useOpenCase();
  const send = () =>
    kind &&
    mutate(
      { customer_id: customerId ?? null, cust_no: number.trim(), kind, channel, asked },
      {
        onSuccess: (made) => {
          void message.success(t("cases.taken", { date: format.date(made.due_on) }));
          onClose();
        },
      },
    );
  return (
    <Modal
      open
      title={t("cases.new")}
      okText={t("cases.new")}
      okButtonProps={{ disabled: !kind || (customerId === undefined && !number.trim()) }}
      confirmLoading={isPending}
      onOk={send}
      onCancel={onClose}
    >
      <div className={styles.dialog}>
        {customerId === undefined && (
          <>
            <label htmlFor="case-number">{t("cases.number")}</label>
            <Input
              id="case-number"
              value={number}
              maxLength={32}
              placeholder={t("cases.numberHint")}
              onChange={(event) => setNumber(event.target.value)}
            />
          </>
        )}
        <label htmlFor="case-kind">{t("cases.kindColumn")}</label>
        <Select
          id="case-kind"
          value={kind}
          options={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
          onChange={setKind}
        />
        <label htmlFor="case-channel">{t("consents.channel")}</label>
        <Select
          id="case-channel"
          value={channel}
          options={CHANNELS.map((value) => ({ value, label: t(`channel.${value}`) }))}
          onChange={setChannel}
        />
        <label htmlFor="case-asked">{t("cases.asked")}</label>
        <Input.TextArea
          id="case-asked"
          value={asked}
          rows={3}
          maxLength={1000}
          placeholder={t("cases.askedHint")}
          onChange={(event) => setAsked(event.target.value)}
        />
        {error && <ProblemView error={error} />}
      </div>
    </Modal>
  );
}
