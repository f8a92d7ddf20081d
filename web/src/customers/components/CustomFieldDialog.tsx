import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { App, Button, Checkbox, Input, InputNumber, Modal, Select, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemView } from "@/shared/components/ProblemView";
import {
  CUSTOM_KINDS,
  type CustomField,
  type CustomFieldIn,
  type CustomKind,
  useKeepCustomField,
} from "../customApi";
import styles from "./custom.module.css";

type Option = NonNullable<CustomFieldIn["options"]>[number];
const NEW: Option = { code: "", zh: "", en: "", active: true };

/** Define a field, or change one; its kind and code stay as they were made. */
export function CustomFieldDialog({ field, onClose }: { field?: CustomField; onClose: () => void }) {
  const { t } = useTranslation("customers");
  const { message } = App.useApp();
  const keep = useKeepCustomField();
  const [told, setTold] = useState<CustomFieldIn>(
    field ?? {
      kind: "TEXT",
      code: "",
      name_zh: "",
      name_en: "",
      about_zh: "",
      about_en: "",
      unit: "",
      options: [],
      on_page: true,
      place: 0,
    },
  );
  const put = (change: Partial<CustomFieldIn>) => setTold({ ...told, ...change });
  const chooses = told.kind === "CHOICE" || told.kind === "CHOICES";
  const options = told.options ?? [];
  const send = () =>
    keep.mutate(
      {
        known: field?.code,
        kind: told.kind,
        code: told.code ?? "",
        name_zh: told.name_zh,
        name_en: told.name_en ?? "",
        about_zh: told.about_zh ?? "",
        about_en: told.about_en ?? "",
        unit: told.unit ?? "",
        options: options.filter(({ code, zh, en }) => code || zh.trim() || en?.trim()),
        on_page: told.on_page ?? true,
        place: told.place ?? 0,
      },
      {
        onSuccess: () => {
          void message.success(t("custom.saved", { name: told.name_zh.trim() }));
          onClose();
        },
      },
    );
  const text = (
    name: "name_zh" | "name_en" | "about_zh" | "about_en" | "unit",
    label: string,
    most: number,
  ) => (
    <label htmlFor={`custom-${name}`}>
      {label}
      <Input
        id={`custom-${name}`}
        maxLength={most}
        value={told[name] ?? ""}
        onChange={({ target }) => put({ [name]: target.value })}
      />
    </label>
  );
  return (
    <Modal
      open
      width={640}
      title={field ? t("custom.editOf", { name: field.name_zh }) : t("custom.add")}
      okText={t("custom.save")}
      okButtonProps={{ disabled: !told.name_zh.trim() }}
      confirmLoading={keep.isPending}
      onOk={send}
      onCancel={onClose}
    >
      <div className={styles.form}>
        {text("name_zh", t("custom.nameZh"), 20)}
        {text("name_en", t("custom.nameEn"), 40)}
        {text("about_zh", t("custom.aboutZh"), 100)}
        {text("about_en", t("custom.aboutEn"), 200)}
        <label htmlFor="custom-kind">
          {t("custom.kind")}
          <Select
            id="custom-kind"
            disabled={field !== undefined}
            value={told.kind}
            onChange={(kind: CustomKind) =>
              put({ kind, options: kind.startsWith("CHOICE") && !options.length ? [NEW, NEW] : options })
            }
            options={CUSTOM_KINDS.map((kind) => ({ value: kind, label: t(`custom.kinds.${kind}`) }))}
          />
        </label>
        <label htmlFor="custom-code">
          {t("custom.code")}
          <Input
            id="custom-code"
            disabled={field !== undefined}
            maxLength={30}
            placeholder={t("custom.codeHint")}
            value={told.code ?? ""}
            onChange={({ target }) => put({ code: target.value })}
          />
        </label>
        {told.kind === "NUMBER" && text("unit", t("custom.unit"), 10)}
        {chooses && <Options options={options} onChange={(next) => put({ options: next })} />}
        <label htmlFor="custom-place">
          {t("custom.place")}
          <InputNumber
            id="custom-place"
            min={0}
            max={999}
            precision={0}
            value={told.place ?? 0}
            onChange={(place) => put({ place: place ?? 0 })}
          />
        </label>
        <span className={styles.field}>
          <Checkbox
            checked={told.on_page ?? true}
            onChange={({ target }) => put({ on_page: target.checked })}
          >
            {t("custom.onPage")}
          </Checkbox>
        </span>
        <span className={`${styles.whole} ${styles.quiet}`}>{t("custom.personalHint")}</span>
        {keep.error && (
          <div className={styles.whole}>
            <ProblemView error={keep.error} />
          </div>
        )}
      </div>
    </Modal>
  );
}

function Options({ options, onChange }: { options: Option[]; onChange: (options: Option[]) => void }) {
  const { t } = useTranslation("customers");
  const put = (at: number, change: Partial<Option>) =>
    onChange(options.map((one, n) => (n === at ? { ...one, ...change } : one)));
  return (
    <div className={`${styles.whole} ${styles.options}`} role="group" aria-label={t("custom.options")}>
      {t("custom.options")}
      {options.map((option, at) => (
        <div key={at} className={styles.option}>
          <Input
            aria-label={t("custom.optionZh", { number: at + 1 })}
            placeholder={t("custom.optionZh", { number: at + 1 })}
            maxLength={20}
            value={option.zh}
            onChange={({ target }) => put(at, { zh: target.value })}
          />
          <Input
            aria-label={t("custom.optionEn", { number: at + 1 })}
            placeholder={t("custom.optionEn", { number: at + 1 })}
            maxLength={40}
            value={option.en ?? ""}
            onChange={({ target }) => put(at, { en: target.value })}
          />
          {option.code ? (
            <Switch
              aria-label={t("custom.optionOn", { number: at + 1 })}
              checked={option.active ?? true}
              onChange={(active) => put(at, { active })}
            />
          ) : (
            <Button
              type="text"
              icon={<DeleteOutlined />}
              aria-label={t("custom.dropOption", { number: at + 1 })}
              onClick={() => onChange(options.toSpliced(at, 1))}
            />
          )}
        </div>
      ))}
      <span>
        <Button type="dashed" icon={<PlusOutlined />} onClick={() => onChange([...options, NEW])}>
          {t("custom.addOption")}
        </Button>
      </span>
      <small className={styles.quiet}>{t("custom.optionOff")}</small>
    </div>
  );
}
