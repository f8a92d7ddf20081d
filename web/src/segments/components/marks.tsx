import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import { useMe } from "@/access/api";
import { MINUS } from "@/shared/format/money";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import type { SegmentRow } from "../storeApi";
import styles from "./segment.module.css";

/** How a segment stands: its status, what waits, whether its members may be approached. */
export function Marks({
  row: { status, kind, schedule, waiting, outreach, delivered },
}: {
  row: SegmentRow;
}) {
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
      {kind === "DYNAMIC" && schedule !== "NIGHTLY" && (
        <Tag variant="filled">{t(`schedule.${schedule}`)}</Tag>
      )}
      {delivered && <Tag variant="filled">{t("delivered")}</Tag>}
    </span>
  );
}

/** 成员截至: where members were not found of the newest business date. */
export function FoundOn({ asOf }: { asOf: string | null }) {
  const { t } = useTranslation("segments");
  const format = useFormat();
  const newest = useMe().data?.freshness.biz_date;
  if (!asOf || !newest || asOf >= newest) return null;
  return <small className={styles.quiet}>{t("foundOn", { date: format.shortDate(asOf, newest) })}</small>;
}

/** Who came and who went on the newest date; nothing on a first date. Of whom few are not told, nor is nobody. */
export function Change({ row: { entered, left }, few }: { row: SegmentRow; few: number }) {
  const { t } = useTranslation("segments");
  const told = (customers: number | null) => (customers === null ? `1–${few - 1}` : count(customers));
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
