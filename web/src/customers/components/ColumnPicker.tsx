import { ArrowDownOutlined, ArrowUpOutlined, TableOutlined } from "@ant-design/icons";
import { Button, Checkbox, Popover } from "antd";
import { useTranslation } from "react-i18next";
import { COLUMNS, shownColumns } from "../columns";
import styles from "./customers.module.css";

interface Props {
  cols: string;
  wide: boolean;
  onChange: (cols: string | undefined) => void;
}

/** Which columns the list shows, and in which order. */
export function ColumnPicker({ cols, wide, onChange }: Props) {
  const { t } = useTranslation("customers");
  const shown = shownColumns(cols, wide);
  const hidden = Object.keys(COLUMNS).filter(
    (name) => !shown.includes(name) && (wide || !COLUMNS[name]?.wide),
  );
  const put = (names: string[]) => onChange(names.join(","));
  const move = (name: string, by: number) => {
    const names = shown.filter((other) => other !== name);
    names.splice(shown.indexOf(name) + by, 0, name);
    put(names);
  };
  const content = (
    <div className={styles.picker}>
      {shown.map((name, at) => (
        <div key={name} className={styles.pick}>
          <Checkbox
            checked
            disabled={name === "name"}
            onChange={() => put(shown.filter((other) => other !== name))}
          >
            {t(`columnName.${name}`)}
          </Checkbox>
          <Button
            type="text"
            size="small"
            icon={<ArrowUpOutlined />}
            aria-label={t("columns.up", { name: t(`columnName.${name}`) })}
            disabled={at < 2}
            onClick={() => move(name, -1)}
          />
          <Button
            type="text"
            size="small"
            icon={<ArrowDownOutlined />}
            aria-label={t("columns.down", { name: t(`columnName.${name}`) })}
            disabled={at === 0 || at === shown.length - 1}
            onClick={() => move(name, 1)}
          />
        </div>
      ))}
      {hidden.map((name) => (
        <div key={name} className={styles.pick}>
          <Checkbox checked={false} onChange={() => put([...shown, name])}>
            {t(`columnName.${name}`)}
          </Checkbox>
        </div>
      ))}
      <Button type="link" disabled={!cols} onClick={() => onChange(undefined)}>
        {t("columns.usual")}
      </Button>
    </div>
  );
  return (
    <Popover content={content} trigger="click" placement="bottomRight" title={t("columns.title")}>
      <Button icon={<TableOutlined />}>{t("columns.title")}</Button>
    </Popover>
  );
}
