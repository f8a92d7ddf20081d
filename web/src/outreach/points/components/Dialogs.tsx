import { App, Alert, Input, Modal, Select } from "antd";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { requestKey } from "@/care/requestKey";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import styles from "../../components/outreach.module.css";
import { useAward, useRedeem, useUndo, type Points, type Row } from "../api";
import { useRefusal } from "../useRefusal";

const LONGEST = 200;

interface Props {
  customerId: number;
  name: string;
  points: Points;
  onClose: () => void;
}

interface SheetProps {
  title: string;
  ok: string;
  ready: boolean;
  busy: boolean;
  error: unknown;
  onOk: () => void;
  onClose: () => void;
  children: ReactNode;
}

function Sheet({ title, ok, ready, busy, error, onOk, onClose, children }: SheetProps) {
  const refusal = useRefusal()(error);
  return (
    <Modal
      open
      title={title}
      okText={ok}
      okButtonProps={{ disabled: !ready }}
      confirmLoading={busy}
      onOk={onOk}
      onCancel={onClose}
    >
      <div className={styles.form}>
        {children}
        {refusal && <Alert type="error" showIcon title={refusal} />}
        {error && !refusal ? <ProblemView error={error} /> : null}
      </div>
    </Modal>
  );
}

/** 兑换: by the customer's word; the code that is given out stands in the history. */
export function RedeemDialog({ customerId, name, points, onClose }: Props) {
  const { t } = useTranslation("outreach");
  const { message } = App.useApp();
  const [key] = useState(requestKey);
  const [chosen, setChosen] = useState<number | null>(null);
  const { mutate, isPending, error } = useRedeem(customerId);
  const reward = points.rewards.find(({ id }) => id === chosen);
  return (
    <Sheet
      title={t("points.redeemFor", { name })}
      ok={t("points.redeem")}
      ready={reward !== undefined}
      busy={isPending}
      error={error}
      onOk={() =>
        chosen !== null &&
        mutate(
          { reward_id: chosen, request_key: key },
          {
            onSuccess: () => {
              void message.success(t("points.redeemed"));
              onClose();
            },
          },
        )
      }
      onClose={onClose}
    >
      <span className={styles.quiet}>{t("points.has", { points: count(points.balance) })}</span>
      <Select
        aria-label={t("points.reward")}
        placeholder={t("points.chooseReward")}
        value={chosen}
        options={points.rewards.map((row) => ({
          value: row.id,
          disabled: row.points > points.balance,
          label: t("points.priced", { name: row.name, points: count(row.points), stock: count(row.stock) }),
        }))}
        onChange={setChosen}
      />
      {reward?.about && <span className={styles.quiet}>{reward.about}</span>}
      <span className={styles.quiet}>{t("points.byTheirWord")}</span>
    </Sheet>
  );
}

/** 人工发放: of a mission that counts what staff have seen; with the reason, for the record. */
export function AwardDialog({ customerId, name, points, onClose }: Props) {
  const { t } = useTranslation("outreach");
  const { message } = App.useApp();
  const [chosen, setChosen] = useState<number | null>(null);
  const [why, setWhy] = useState("");
  const { mutate, isPending, error } = useAward(customerId);
  return (
    <Sheet
      title={t("points.awardTo", { name })}
      ok={t("points.award")}
      ready={chosen !== null && why.trim() !== ""}
      busy={isPending}
      error={error}
      onOk={() =>
        chosen !== null &&
        mutate(
          { mission_id: chosen, why },
          {
            onSuccess: () => {
              void message.success(t("points.awarded"));
              onClose();
            },
          },
        )
      }
      onClose={onClose}
    >
      <Select
        aria-label={t("points.mission")}
        placeholder={t("points.chooseMission")}
        value={chosen}
        options={points.missions.map((row) => ({
          value: row.id,
          disabled: row.earned,
          label: t(row.earned ? "points.earnedAlready" : "points.earns", {
            name: row.name,
            points: count(row.points),
          }),
        }))}
        onChange={setChosen}
      />
      <Reason value={why} onChange={setWhy} />
    </Sheet>
  );
}

/** Cancel a redemption or reverse an award, with the reason. */
export function UndoDialog({ customerId, row, onClose }: Props & { row: Row }) {
  const { t } = useTranslation("outreach");
  const { message } = App.useApp();
  const [reason, setReason] = useState("");
  const { mutate, isPending, error } = useUndo(customerId);
  const what = row.redemption ? "cancel" : "reverse";
  return (
    <Sheet
      title={`${t(`points.${what}`)} · ${row.name}`}
      ok={t(`points.${what}`)}
      ready={reason.trim() !== ""}
      busy={isPending}
      error={error}
      onOk={() =>
        mutate(
          { row, reason },
          {
            onSuccess: () => {
              void message.success(t(`points.undone.${what}`));
              onClose();
            },
          },
        )
      }
      onClose={onClose}
    >
      <span className={styles.quiet}>{t(`points.undoHint.${what}`)}</span>
      <Reason value={reason} onChange={setReason} />
    </Sheet>
  );
}

function Reason({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const { t } = useTranslation("outreach");
  return (
    <>
      <label htmlFor="points-reason">{t("points.reason")}</label>
      <Input.TextArea
        id="points-reason"
        rows={2}
        maxLength={LONGEST}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
    </>
  );
}
