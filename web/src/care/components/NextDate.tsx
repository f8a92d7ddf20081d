import { DatePicker, Tag } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import { addDays, nextMonday, today } from "@/shared/format/dates";
import { useFormat } from "@/shared/hooks/useFormat";
import styles from "./care.module.css";

interface Props {
  value: string | null;
  onChange: (day: string | null) => void;
}

/** When to go on: the usual days one click away, any other from the calendar. */
export function NextDate({ value, onChange }: Props) {
  const { t } = useTranslation("care");
  const format = useFormat();
  const day = today();
  const picks = [
    { name: "tomorrow", day: addDays(day, 1) },
    { name: "inThreeDays", day: addDays(day, 3) },
    { name: "nextMonday", day: nextMonday(day) },
  ];
  return (
    <div className={styles.picks}>
      {picks.map((pick) => (
        <Tag.CheckableTag
          key={pick.name}
          className={styles.pick}
          checked={value === pick.day}
          onChange={(on) => onChange(on ? pick.day : null)}
        >
          <span title={format.date(pick.day)}>{t(`record.${pick.name}`)}</span>
        </Tag.CheckableTag>
      ))}
      <DatePicker
        className={styles.picker}
        value={value ? dayjs(value) : null}
        minDate={dayjs(addDays(day, 1))}
        placeholder={t("record.otherDay")}
        inputReadOnly
        format={(date) => format.date(date.format("YYYY-MM-DD"))}
        onChange={(date: dayjs.Dayjs | null) => onChange(date ? date.format("YYYY-MM-DD") : null)}
      />
    </div>
  );
}
