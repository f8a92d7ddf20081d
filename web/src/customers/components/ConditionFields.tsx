import { DatePicker, Segmented, Select } from "antd";
import dayjs from "dayjs";
import { Fragment, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import styles from "./customers.module.css";

export type Size = "large" | "middle";
export type End = "from" | "to";
interface Shared {
  title: string;
  size: Size;
}

/** Yes, no, or whichever: an empty text. */
export function YesNo(
  props: Shared & { value: string | undefined; onChange: (value: "" | "true" | "false") => void },
) {
  const { title, size, value, onChange } = props;
  const { t } = useTranslation("customers");
  return (
    <div className={styles.field}>
      <span>{title}</span>
      <Segmented
        size={size}
        value={value ?? ""}
        onChange={(wanted) => onChange(wanted as "" | "true" | "false")}
        options={[
          { value: "", label: t("any") },
          { value: "true", label: t("yes") },
          { value: "false", label: t("no") },
        ]}
      />
    </div>
  );
}

interface ChoicesProps extends Shared {
  value: string[];
  options: { value: string; label: string }[];
  onChange: (values: string[]) => void;
}

/** Any of several. */
export function Choices({ title, size, value, options, onChange }: ChoicesProps) {
  return (
    <label className={styles.field}>
      <span>{title}</span>
      <Select
        size={size}
        mode="multiple"
        allowClear
        showSearch={{ optionFilterProp: "label" }}
        value={value}
        onChange={onChange}
        options={options}
      />
    </label>
  );
}

interface EndInput {
  shared: { size: Size; "aria-label": string; placeholder: string };
  value: string | undefined;
  onChange: (value: string) => void;
}
interface RangeProps extends Shared {
  value: (end: End) => string | undefined;
  onChange: (end: End, value: string) => void;
  /** Draws an end that is a number; without it the ends are days. */
  number?: (input: EndInput) => ReactNode;
}

/** From and to; an empty text is no bound. */
export function Range({ title, size, value, onChange, number }: RangeProps) {
  const { t } = useTranslation("customers");
  return (
    <div className={styles.field}>
      <span>{title}</span>
      <div className={styles.range}>
        {(["from", "to"] as const).map((end) => {
          const hint = t(`range.${number ? "number" : "date"}.${end}`);
          const shared = { size, "aria-label": `${title} ${hint}`, placeholder: hint };
          const found = value(end);
          const put = (wanted: string) => onChange(end, wanted);
          return (
            <Fragment key={end}>
              {number ? (
                number({ shared, value: found, onChange: put })
              ) : (
                <DatePicker
                  {...shared}
                  value={found ? dayjs(found) : null}
                  onChange={(day) => put(day?.format("YYYY-MM-DD") ?? "")}
                />
              )}
            </Fragment>
          );
        })}
      </div>
    </div>
  );
}
