import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import { MINUS } from "@/shared/format/money";
import { count } from "@/shared/format/numbers";
import type { SegmentRow } from "../storeApi";
import styles from "./segment.module.css";

/** How a segment stands: its status, what waits, whether its members may be approached. */
export function Marks({ row: { status, kind, waiting, outreach, delivered } }: { row: SegmentRow }) {
  const { t } = useTranslation("segments");
  return (
    <span className={styles.marks}>
      {(waiting === null || status === "IN_USE") && (
        <Tag color={status === "IN_USE" ? "success" : "default"} variant="filled">
          {t(`status.${status}`)}
        </Tag>
      )}
      {waiting !== null && (
        <Tag color="warning" variant="filled">
          {t("waiting")}
        </Tag>
      )}
      {outreach && (
        <Tag color="processing" variant="filled">
          {t("outreach.allowed")}
        </Tag>
      )}
      {kind !== "DYNAMIC" && <Tag variant="filled">{t(`kindName.${kind}`)}</Tag>}
      {delivered && <Tag variant="filled">{t("delivered")}</Tag>}
    </span>
  );
}

/** Who came and who went on the newest date; nothing on a first date. Of whom few are not told, nor is nobody. */
export function Change({ row: { entered, left }, few }: { row: SegmentRow; few: number }) {
  const { t } = useTranslation("segments");
  const told = (customers: number | null) => (customers === null ? `<${few}` : count(customers));
  const known = entered !== null || left !== null;
  return (
    <span className={styles.change} title={t("library.changeHint")}>
      {known ? (
        <>
          <span>+{told(entered)}</span>
          <span>
            {MINUS}
            {told(left)}
          </span>
        </>
      ) : (
        "—"
      )}
    </span>
  );
}
