import { Button, Input, Modal, Popconfirm, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemView } from "@/shared/components/ProblemView";
import { useClose, type CaseOut } from "../api";
import { COPIED, REFUSALS } from "../codes";
import styles from "./privacy.module.css";

const SHORTEST = 4;

/** How a request ends: done, refused with its ground, or withdrawn. */
export function CaseEnding({ one }: { one: CaseOut }) {
  const { t } = useTranslation("privacy");
  const [answer, setAnswer] = useState("");
  const [refusing, setRefusing] = useState(false);
  const { mutate, isPending, error } = useClose(one.id);
  const deletion = one.kind === "DELETE";
  const decided = deletion || COPIED.has(one.kind);
  const mayEnd = one.status === "VERIFIED" && (!decided || one.may_decide) && !(deletion && one.is_opener);
  const words = !deletion ? "cases.done" : one.holds.length ? "cases.restrict" : "cases.delete";
  return (
    <section>
      <h3>{t("cases.answer")}</h3>
      <div className={styles.dialog}>
        <Input.TextArea
          aria-label={t("cases.answer")}
          value={answer}
          rows={3}
          maxLength={1000}
          placeholder={t("cases.answerHint")}
          onChange={(event) => setAnswer(event.target.value)}
        />
        <div className={styles.actions}>
          {mayEnd && (
            <Popconfirm
              title={t("cases.sure")}
              onConfirm={() => mutate({ outcome: "DONE", answer, ground: "" })}
            >
              <Button type="primary" danger={deletion} loading={isPending}>
                {t(words)}
              </Button>
            </Popconfirm>
          )}
          {one.may_decide && <Button onClick={() => setRefusing(true)}>{t("cases.refuse")}</Button>}
          <Popconfirm
            title={t("cases.sure")}
            onConfirm={() => mutate({ outcome: "WITHDRAWN", answer, ground: "" })}
          >
            <Button type="text">{t("cases.withdrawn")}</Button>
          </Popconfirm>
        </div>
        {decided && one.status === "VERIFIED" && !mayEnd && (
          <span className={styles.quiet}>{t("cases.otherDecides")}</span>
        )}
        {error && !refusing && <ProblemView error={error} />}
      </div>
      {refusing && <Refusal one={one} onClose={() => setRefusing(false)} />}
    </section>
  );
}

function Refusal({ one, onClose }: { one: CaseOut; onClose: () => void }) {
  const { t } = useTranslation("privacy");
  const [ground, setGround] = useState<string | null>(null);
  const [answer, setAnswer] = useState("");
  const { mutate, isPending, error } = useClose(one.id);
  return (
    <Modal
      open
      title={t("cases.refuseTitle")}
      okText={t("cases.refuse")}
      okButtonProps={{ disabled: !ground || answer.trim().length < SHORTEST }}
      confirmLoading={isPending}
      onOk={() => ground && mutate({ outcome: "REFUSED", ground, answer }, { onSuccess: onClose })}
      onCancel={onClose}
    >
      <div className={styles.dialog}>
        <label htmlFor="case-ground">{t("cases.groundLabel")}</label>
        <Select
          id="case-ground"
          value={ground}
          options={REFUSALS.map((value) => ({ value, label: t(`ground.${value}`) }))}
          onChange={setGround}
        />
        <label htmlFor="case-refusal">{t("cases.answer")}</label>
        <Input.TextArea
          id="case-refusal"
          value={answer}
          rows={3}
          maxLength={1000}
          placeholder={t("cases.answerHint")}
          onChange={(event) => setAnswer(event.target.value)}
        />
        {error && <ProblemView error={error} />}
      </div>
    </Modal>
  );
}
