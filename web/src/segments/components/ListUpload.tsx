import { InboxOutlined } from "@ant-design/icons";
import { App, Button, Input, Modal, Select, Upload } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { DataTable } from "@/shared/components/DataTable";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import {
  type Segment,
  type SegmentIn,
  UNMATCHED,
  useMake,
  useReport,
  useUpload,
  type Version,
} from "../storeApi";
import { NO_TEXTS, SegmentForm } from "./SegmentForm";
import styles from "./segment.module.css";

const BY = ["cust_no", "mobile", "cert"] as const;
type By = (typeof BY)[number] | null;
interface Chosen {
  file: File | null;
  column: string;
  by: By;
}
const NOTHING: Chosen = { file: null, column: "", by: null };

/** The file of a list, and its column where the heading does not say what it holds. */
function FileFields({ chosen, onChange }: { chosen: Chosen; onChange: (chosen: Chosen) => void }) {
  const { t } = useTranslation("segments");
  return (
    <>
      <Upload.Dragger
        accept=".xlsx,.csv"
        maxCount={1}
        beforeUpload={(file) => {
          onChange({ ...chosen, file });
          return false;
        }}
        onRemove={() => onChange({ ...chosen, file: null })}
        fileList={chosen.file ? [{ uid: "1", name: chosen.file.name }] : []}
      >
        <InboxOutlined /> {t("upload.drop")}
        <div className={styles.quiet}>{t("upload.hint")}</div>
      </Upload.Dragger>
      <div className={styles.deeds}>
        <Input
          className={styles.search}
          aria-label={t("upload.column")}
          placeholder={t("upload.column")}
          value={chosen.column}
          onChange={(event) => onChange({ ...chosen, column: event.target.value })}
        />
        <Select
          allowClear
          aria-label={t("upload.by")}
          placeholder={t("upload.by")}
          popupMatchSelectWidth={false}
          value={chosen.by}
          onChange={(by: By | undefined) => onChange({ ...chosen, by: by ?? null })}
          options={BY.map((one) => ({ value: one, label: t(`upload.is.${one}`) }))}
        />
      </div>
    </>
  );
}

/** A new list: named, then filled from a file. A file that is refused leaves the list to be filled by another one. */
export function NewList({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("segments");
  const { message } = App.useApp();
  const navigate = useNavigate();
  const make = useMake();
  const upload = useUpload();
  const [chosen, setChosen] = useState(NOTHING);
  const [made, setMade] = useState<string>();
  const fill = (code: string) =>
    chosen.file &&
    upload.mutate(
      { ...chosen, file: chosen.file, code, based_on: 0 },
      {
        onSuccess: ({ report }) => {
          void message.success(t("upload.done", { matched: count(report?.matched ?? 0) }));
          void navigate(`/segments/${code}`);
        },
      },
    );
  const send = (body: SegmentIn) =>
    made
      ? fill(made)
      : make.mutate(body, {
          onSuccess: ({ code }) => {
            setMade(code);
            fill(code);
          },
        });
  return (
    <SegmentForm
      title={t("library.upload")}
      ok={t("upload.send")}
      first={NO_TEXTS}
      placed={{ kind: "LIST" }}
      error={make.error ?? upload.error}
      busy={make.isPending || upload.isPending}
      ready={chosen.file !== null}
      extra={<FileFields chosen={chosen} onChange={setChosen} />}
      onSend={send}
      onClose={onClose}
    />
  );
}

/** The next version of a list. */
export function NextList({ segment, onClose }: { segment: Segment; onClose: () => void }) {
  const { t } = useTranslation("segments");
  const { message } = App.useApp();
  const upload = useUpload();
  const [chosen, setChosen] = useState(NOTHING);
  const send = () =>
    chosen.file &&
    upload.mutate(
      { ...chosen, file: chosen.file, code: segment.code, based_on: segment.newest },
      {
        onSuccess: ({ report }) => {
          void message.success(t("upload.done", { matched: count(report?.matched ?? 0) }));
          onClose();
        },
      },
    );
  return (
    <Modal
      open
      title={t("deed.upload")}
      okText={t("upload.send")}
      okButtonProps={{ disabled: !chosen.file }}
      confirmLoading={upload.isPending}
      onOk={send}
      onCancel={onClose}
    >
      <div className={styles.form}>
        <FileFields chosen={chosen} onChange={setChosen} />
        {upload.error && <ProblemView error={upload.error} />}
      </div>
    </Modal>
  );
}

/** 导入结果: how many rows were matched, and which were not and why; as a file too. */
export function Report({ code, version: { number, report } }: { code: string; version: Version }) {
  const { t } = useTranslation("segments");
  const [open, setOpen] = useState(false);
  const found = useReport(code, number, open);
  if (!report) return null;
  const missed = UNMATCHED.filter((why) => report.unmatched[why]);
  const save = () => {
    const lines = (found.data?.lines ?? []).map(({ row, why }) => `${row},${t(`unmatched.${why}`)}`);
    const text = `\ufeff${t("upload.row")},${t("upload.why")}\r\n${lines.join("\r\n")}\r\n`;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    link.download = `${code}-v${number}.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <div>
      <span>{t("upload.result", { rows: count(report.rows), matched: count(report.matched) })}</span>{" "}
      {missed.map((why) => (
        <span key={why} className={styles.quiet}>
          {t(`unmatched.${why}`)} {count(report.unmatched[why] ?? 0)}{" "}
        </span>
      ))}
      {missed.length > 0 && (
        <Button type="link" size="small" onClick={() => setOpen(true)}>
          {t("upload.see")}
        </Button>
      )}
      <Modal open={open} title={t("upload.report")} footer={null} onCancel={() => setOpen(false)}>
        {found.error && <ProblemView error={found.error} />}
        {found.data && (
          <div className={styles.form}>
            <Button onClick={save}>{t("upload.save")}</Button>
            <DataTable
              rowKey={({ row }) => row}
              columns={[
                { key: "row", title: t("upload.row"), render: ({ row }) => row },
                { key: "why", title: t("upload.why"), render: ({ why }) => t(`unmatched.${why}`) },
              ]}
              rows={found.data.lines.slice(0, 200)}
            />
            {(found.data.left_out > 0 || found.data.lines.length > 200) && (
              <small>
                {t("upload.more", {
                  lines: count(Math.max(found.data.lines.length - 200, 0) + found.data.left_out),
                })}
              </small>
            )}
          </div>
        )}
      </Modal>
    </div>
  );
}
