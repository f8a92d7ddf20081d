import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import type { Message, Version } from "../api";
import styles from "./outreach.module.css";

const OF_VERSION = {
  PENDING: "warning",
  APPROVED: "success",
  REFUSED: "error",
  WITHDRAWN: "default",
} as const;
const OF_MESSAGE = {
  QUEUED: "default",
  SENDING: "blue",
  SENT: "blue",
  DELIVERED: "success",
  FAILED: "error",
  REFUSED: "warning",
  CANCELLED: "default",
} as const;

export function VersionState({ state }: { state: Version["state"] }) {
  const { t } = useTranslation("outreach");
  return (
    <Tag variant="filled" color={OF_VERSION[state]}>
      {t(`versionState.${state}`)}
    </Tag>
  );
}

export function MessageState({ state }: { state: Message["state"] }) {
  const { t } = useTranslation("outreach");
  return (
    <Tag variant="filled" color={OF_MESSAGE[state]}>
      {t(`state.${state}`)}
    </Tag>
  );
}

/** That it went in the place of a message of another channel. */
export function InsteadOf({ message }: { message: Message }) {
  const { t } = useTranslation("outreach");
  if (message.instead_of === null) return null;
  return (
    <small className={styles.quiet}>
      {t("channels.otherwise.insteadOf", { channel: t(`channel.${message.instead_of}`) })}
    </small>
  );
}
