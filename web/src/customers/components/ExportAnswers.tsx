import { CopyOutlined, DownloadOutlined } from "@ant-design/icons";
import { Button, Input, Modal, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { useDecideExport, type ExportOut } from "../exportsApi";
import { toUrl } from "../filters";
import { useChips } from "../useChips";
import styles from "./customers.module.css";

/** The password, once the file is made, and the way to it. */
export function MadeDialog({ id, password, onClose }: { id: number; password: string; onClose: () => void }) {
  const { t } = useTranslation(["customers", "shared"]);
  return (
    <Modal
      open
      title={t("export.made")}
      onCancel={onClose}
      footer={
        <Button
          type="primary"
          icon={<DownloadOutlined />}
          href={`/api/exports/${id}/file`}
          download
          onClick={() => setTimeout(onClose, 500)}
        >
          {t("export.download")}
        </Button>
      }
    >
      <div className={styles.form}>
        <span>{t("export.passwordHint")}</span>
        <Typography.Text code copyable={{ icon: <CopyOutlined />, tooltips: false }}>
          {password}
        </Typography.Text>
        <span className={styles.quiet}>{t("export.markHint")}</span>
      </div>
    </Modal>
  );
}

/** What is asked for, in words, and the two answers to it. */
export function DecideDialog({ asked, onClose }: { asked: ExportOut; onClose: () => void }) {
  const { t } = useTranslation("customers");
  const format = useFormat();
  const words = useChips()(toUrl(asked.query));
  const decide = useDecideExport();
  const [note, setNote] = useState("");
  const send = (approve: boolean) =>
    decide.mutate({ id: asked.id, approve, rows: asked.rows, note }, { onSuccess: onClose });
  const facts: [string, string][] = [
    [t("export.by"), `${asked.requester} · ${asked.org_name} · ${format.moment(asked.asked_at)}`],
    [t("export.purpose"), asked.purpose],
    [t("export.recipient"), asked.recipient],
    [
      t("export.what"),
      `${t("total", { count: asked.rows, number: count(asked.rows) })} · ${words.map(({ text }) => text).join(t("comma")) || t("export.everybody")}`,
    ],
    [t("export.fields"), asked.fields.map((name) => t(`exportField.${name}`)).join(t("comma"))],
    [
      t("export.plain"),
      asked.plain.map((name) => t(`exportField.${name}`)).join(t("comma")) || t("export.allMasked"),
    ],
    [t("export.route"), t(asked.compliance ? "export.twoSteps" : "export.oneStep")],
  ];
  return (
    <Modal
      open
      width={620}
      title={t("export.decide", { id: asked.id })}
      onCancel={onClose}
      footer={
        <>
          <Button danger disabled={!note.trim()} loading={decide.isPending} onClick={() => send(false)}>
            {t("export.refuse")}
          </Button>
          <Button type="primary" loading={decide.isPending} onClick={() => send(true)}>
            {t("export.approve")}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <dl className={styles.asked}>
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <label className={styles.field}>
          <span>{t("export.note")}</span>
          <Input.TextArea
            rows={2}
            maxLength={200}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        </label>
        {decide.error && <ProblemView error={decide.error} />}
      </div>
    </Modal>
  );
}
