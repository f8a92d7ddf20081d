import { Button, Input, Popover, Radio, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemView } from "@/shared/components/ProblemView";
import { useEndRelation, useRelate, type RelationIn } from "../profileApi";
import styles from "./relations.module.css";

const KINDS: RelationIn["kind"][] = ["HOUSEHOLD", "GUARANTOR", "REFERRER", "COMPANY_OWNER"];

/** Write down how this customer is tied to another customer or a company, and how one knows. */
export function RelationForm({ customerId, onDone }: { customerId: number; onDone: () => void }) {
  const { t } = useTranslation("customers");
  const [kind, setKind] = useState<RelationIn["kind"]>("HOUSEHOLD");
  const [other, setOther] = useState("");
  const [outward, setOutward] = useState(true);
  const [evidence, setEvidence] = useState("");
  const { mutate, isPending, error } = useRelate(customerId);
  const company = kind === "COMPANY_OWNER";
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        const named = company ? { party: other, other: "" } : { other, party: "" };
        mutate(
          { kind, ...named, outward: outward || company || kind === "HOUSEHOLD", evidence },
          { onSuccess: onDone },
        );
      }}
    >
      <Select
        aria-label={t("relations.kind")}
        value={kind}
        onChange={setKind}
        options={KINDS.map((one) => ({ value: one, label: t(`relation.${one}`) }))}
      />
      <Input
        aria-label={t(company ? "relations.party" : "relations.other")}
        placeholder={t(company ? "relations.party" : "relations.other")}
        value={other}
        maxLength={60}
        onChange={(event) => setOther(event.target.value)}
      />
      {(kind === "GUARANTOR" || kind === "REFERRER") && (
        <Radio.Group
          value={outward}
          onChange={(event) => setOutward(event.target.value as boolean)}
          options={[
            { value: true, label: t(`relations.way.${kind}.out`) },
            { value: false, label: t(`relations.way.${kind}.in`) },
          ]}
        />
      )}
      <Input
        className={styles.wide}
        aria-label={t("relations.evidence")}
        placeholder={t("relations.evidence")}
        value={evidence}
        maxLength={200}
        onChange={(event) => setEvidence(event.target.value)}
      />
      <span className={styles.buttons}>
        <Button
          type="primary"
          htmlType="submit"
          loading={isPending}
          disabled={!other.trim() || !evidence.trim()}
        >
          {t("relations.save")}
        </Button>
        <Button onClick={onDone}>{t("relations.cancel")}</Button>
      </span>
      {error && (
        <div className={styles.wide}>
          <ProblemView error={error} />
        </div>
      )}
    </form>
  );
}

/** End a relationship, with the reason why. */
export function RelationEnd({ id }: { id: number }) {
  const { t } = useTranslation("customers");
  const [reason, setReason] = useState("");
  const { mutate, isPending, error } = useEndRelation();
  return (
    <Popover
      trigger="click"
      destroyOnHidden
      title={t("relations.endTitle")}
      content={
        <form
          className={styles.ending}
          onSubmit={(event) => {
            event.preventDefault();
            mutate({ id, reason });
          }}
        >
          <Input
            aria-label={t("relations.why")}
            placeholder={t("relations.why")}
            value={reason}
            maxLength={200}
            onChange={(event) => setReason(event.target.value)}
          />
          <Button danger htmlType="submit" loading={isPending} disabled={!reason.trim()}>
            {t("relations.end")}
          </Button>
          {error && <ProblemView error={error} />}
        </form>
      }
    >
      <Button type="text" size="small" className={styles.quiet}>
        {t("relations.end")}
      </Button>
    </Popover>
  );
}
