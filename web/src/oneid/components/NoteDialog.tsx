import { Input, Modal } from "antd";
import { useState } from "react";
import { ProblemView } from "@/shared/components/ProblemView";
import styles from "./oneid.module.css";

interface Props {
  title: string;
  hint: string;
  label: string;
  ok: string;
  /** Characters that must be written. */
  least?: number;
  pending: boolean;
  error: unknown;
  onOk: (note: string) => void;
  onClose: () => void;
}

/** A decision with the words that go on record beside it; Enter sends. */
export function NoteDialog({ title, hint, label, ok, least = 0, pending, error, onOk, onClose }: Props) {
  const [note, setNote] = useState("");
  const ready = note.trim().length >= least && !pending;
  return (
    <Modal
      open
      title={title}
      okText={ok}
      okButtonProps={{ disabled: !ready }}
      confirmLoading={pending}
      onOk={() => onOk(note.trim())}
      onCancel={onClose}
    >
      <div className={styles.dialog}>
        <span>{hint}</span>
        <label htmlFor="oneid-note">{label}</label>
        <Input
          id="oneid-note"
          autoFocus
          value={note}
          maxLength={200}
          onChange={(event) => setNote(event.target.value)}
          onPressEnter={(event) => !event.nativeEvent.isComposing && ready && onOk(note.trim())}
        />
        {Boolean(error) && <ProblemView error={error} />}
      </div>
    </Modal>
  );
}
