import { App, Button, Input, Modal, Radio, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemView } from "@/shared/components/ProblemView";
import { useSettled } from "@/shared/hooks/useSettled";
import { useCustomers } from "../api";
import { HANDOVER_REASONS } from "../codes";
import { useMakeHandover, type Colleague, type HandoverIn } from "../ownershipApi";
import styles from "./ownership.module.css";
import { PersonSelect } from "./PersonSelect";

interface Props {
  givers: Colleague[];
  /** Whose portfolio is to go; the first of `givers` else. */
  giver?: Colleague | undefined;
  onClose: () => void;
}

/** Hand customers over: from whom, to whom, which, why. */
export function HandoverForm({ givers, giver: preset, onClose }: Props) {
  const { t } = useTranslation(["customers", "shared"]);
  const { message } = App.useApp();
  const first = preset ?? givers[0];
  const [giver, setGiver] = useState(first?.user.id ?? null);
  const [receiver, setReceiver] = useState<number | null>(null);
  const [reason, setReason] = useState<HandoverIn["reason"]>(
    preset && !preset.is_active ? "LEAVE" : "TRANSFER",
  );
  const [whole, setWhole] = useState(true);
  const [chosen, setChosen] = useState<number[]>([]);
  const [note, setNote] = useState("");
  const make = useMakeHandover();
  const held = givers.find(({ user }) => user.id === giver);
  const send = (submit: boolean) =>
    giver !== null &&
    receiver !== null &&
    make.mutate(
      { giver, receiver, reason, customers: whole ? null : chosen, note, submit },
      {
        onSuccess: ({ conflicts }) => {
          void message.success(t(submit ? "handover.sent" : "handover.saved"));
          if (conflicts) void message.warning(t("handover.someStay", { count: conflicts }));
          onClose();
        },
      },
    );
  const ready = giver !== null && receiver !== null && (whole || chosen.length > 0);
  return (
    <Modal
      open
      title={t("handover.make")}
      okText={t("handover.send")}
      okButtonProps={{ disabled: !ready }}
      confirmLoading={make.isPending}
      onOk={() => send(true)}
      onCancel={onClose}
      footer={(_, { CancelBtn, OkBtn }) => (
        <>
          <CancelBtn />
          <Button disabled={!ready} onClick={() => send(false)}>
            {t("handover.save")}
          </Button>
          <OkBtn />
        </>
      )}
    >
      <div className={styles.form}>
        <label htmlFor="handover-giver">
          {t("handover.giver")}
          <Select
            id="handover-giver"
            value={giver}
            disabled={givers.length < 2}
            showSearch={{ optionFilterProp: "label" }}
            onChange={(id) => {
              setGiver(id);
              setChosen([]);
            }}
            options={givers.map(({ user, is_active, customers }) => ({
              value: user.id,
              label: t(is_active ? "handover.giverOf" : "handover.leaverOf", {
                name: user.name,
                count: customers,
              }),
            }))}
          />
        </label>
        <label htmlFor="handover-receiver">
          {t("handover.receiver")}
          <PersonSelect id="handover-receiver" value={receiver} except={giver} onChange={setReceiver} />
        </label>
        <label htmlFor="handover-reason">
          {t("handover.why")}
          <Select
            id="handover-reason"
            value={reason}
            onChange={setReason}
            options={HANDOVER_REASONS.map((code) => ({ value: code, label: t(`handover.reason.${code}`) }))}
          />
        </label>
        <div className={styles.field}>
          <span>{t("handover.which")}</span>
          <Radio.Group
            value={whole}
            onChange={({ target }) => setWhole(target.value as boolean)}
            options={[
              { value: true, label: t("handover.whole", { count: held?.customers ?? 0 }) },
              { value: false, label: t("handover.some") },
            ]}
          />
          {!whole && giver !== null && (
            <CustomerPick key={giver} manager={giver} value={chosen} onChange={setChosen} />
          )}
        </div>
        <label htmlFor="handover-note">
          {t("handover.note")}
          <Input.TextArea
            id="handover-note"
            value={note}
            maxLength={200}
            rows={2}
            onChange={({ target }) => setNote(target.value)}
          />
        </label>
        <span className={styles.quiet}>{t("handover.how")}</span>
        {make.error && <ProblemView error={make.error} />}
      </div>
    </Modal>
  );
}

/** Some of a manager's customers, found by name. */
function CustomerPick(props: { manager: number; value: number[]; onChange: (ids: number[]) => void }) {
  const { t } = useTranslation("customers");
  const [typed, setTyped] = useState("");
  const [known, setKnown] = useState<Record<number, string>>({});
  const q = useSettled(typed.trim());
  const found = useCustomers({
    q,
    tier: [],
    stage: [],
    manager: props.manager,
    pool: false,
    org: null,
    sort: "-aum",
    page: 1,
  });
  const rows = (found.data?.rows ?? []).map(({ id, name, cust_no }) => ({
    value: id,
    label: `${name} ${cust_no}`,
  }));
  const shown = new Set(rows.map(({ value }) => value));
  const earlier = props.value
    .filter((id) => !shown.has(id))
    .map((id) => ({ value: id, label: known[id] ?? id }));
  return (
    <Select
      mode="multiple"
      aria-label={t("handover.some")}
      placeholder={t("handover.someHint")}
      value={props.value}
      loading={found.isFetching}
      showSearch={{ filterOption: false, onSearch: setTyped }}
      maxTagCount={8}
      onChange={(ids) => {
        setKnown((before) => ({
          ...before,
          ...Object.fromEntries(rows.map((row) => [row.value, row.label])),
        }));
        props.onChange(ids);
      }}
      options={[...rows, ...earlier]}
    />
  );
}
