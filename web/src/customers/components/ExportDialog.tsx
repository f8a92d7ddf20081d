import { App, Checkbox, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { useExports, useRequestExport } from "../exportsApi";
import { toQuery, type UrlQuery } from "../filters";
import { useChips } from "../useChips";
import styles from "./customers.module.css";

const USUAL = ["cust_no", "name", "tier", "stage", "aum", "mda", "manager", "org"];

/** Ask for a file of the customers who fit the list's filter: what for, for whom, and which fields. */
export function ExportDialog({ url, total, onClose }: { url: UrlQuery; total: number; onClose: () => void }) {
  const { t } = useTranslation("customers");
  const { message } = App.useApp();
  const navigate = useNavigate();
  const known = useExports();
  const ask = useRequestExport();
  const words = useChips()(url);
  const [purpose, setPurpose] = useState("");
  const [recipient, setRecipient] = useState("");
  const [fields, setFields] = useState(USUAL);
  const [plain, setPlain] = useState<string[]>([]);
  const offered = known.data?.plain_fields.filter((name) => fields.includes(name)) ?? [];
  const send = () =>
    ask.mutate(
      {
        purpose,
        recipient,
        fields,
        plain: plain.filter((name) => fields.includes(name)),
        query: toQuery({ ...url, page: "1" }),
      } as Parameters<typeof ask.mutate>[0],
      {
        onSuccess: () => {
          void message.success(t("export.asked"));
          void navigate("/exports");
        },
      },
    );
  return (
    <Modal
      open
      title={t("export.ask")}
      width={620}
      onCancel={onClose}
      onOk={send}
      okText={t("export.submit")}
      okButtonProps={{ disabled: !purpose.trim() || !recipient.trim() || fields.length === 0 }}
      confirmLoading={ask.isPending}
    >
      <div className={styles.form}>
        <div className={styles.preview}>
          <strong>
            {t(total >= 10_000 ? "totalMany" : "total", { count: total, number: count(total) })}
          </strong>
          <span className={styles.quiet}>
            {words.length ? words.map(({ text }) => text).join(t("comma")) : t("export.everybody")}
          </span>
        </div>
        <label className={styles.field}>
          <span>{t("export.purpose")}</span>
          <Input
            value={purpose}
            maxLength={200}
            placeholder={t("export.purposeHint")}
            onChange={(event) => setPurpose(event.target.value)}
          />
        </label>
        <label className={styles.field}>
          <span>{t("export.recipient")}</span>
          <Input
            value={recipient}
            maxLength={100}
            placeholder={t("export.recipientHint")}
            onChange={(event) => setRecipient(event.target.value)}
          />
        </label>
        <fieldset className={styles.field}>
          <legend>{t("export.fields")}</legend>
          <Checkbox.Group
            className={styles.checks}
            value={fields}
            onChange={setFields}
            options={(known.data?.fields ?? []).map((name) => ({
              value: name,
              label: t(`exportField.${name}`),
              disabled: name === "org",
            }))}
          />
        </fieldset>
        {offered.length > 0 && (
          <fieldset className={styles.field}>
            <legend>{t("export.plain")}</legend>
            <Checkbox.Group
              className={styles.checks}
              value={plain}
              onChange={setPlain}
              options={offered.map((name) => ({ value: name, label: t(`exportField.${name}`) }))}
            />
            <small className={styles.quiet}>{t("export.plainHint")}</small>
          </fieldset>
        )}
        {known.error && <ProblemView error={known.error} />}
        {ask.error && <ProblemView error={ask.error} />}
      </div>
    </Modal>
  );
}
