import { CloseOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, InputNumber, Select } from "antd";
import { useTranslation } from "react-i18next";
import { LETTERS } from "../codes";
import { compared } from "../plan";
import type { Choices } from "../types";
import styles from "./campaign.module.css";
import { Field } from "./Field";
import type { FormProps } from "./PlanForm";

type Text = Choices["templates"][number];
const MOST_WAYS = 2;

/** What is sent: the first text, others that it is compared with, and those that stand in for what reached nobody. */
export function TextsForm({ plan, choices, onChange }: FormProps) {
  const { t } = useTranslation("outreach");
  const texts = choices.templates.filter(({ kind }) => kind !== "SERVICE");
  const first = texts.find(({ id }) => id === plan.template);
  const named = ({ id, name, channel, kind }: Text) => ({
    value: id,
    label: `${name} · ${t(`channel.${channel}`)} · ${t(`kind.${kind}`)}`,
  });
  return (
    <>
      <Field name={t("campaign.field.text")}>
        <Select
          allowClear
          value={plan.template ?? null}
          placeholder={t("campaign.form.noText")}
          notFoundContent={t("plan.noTexts")}
          options={texts.map(named)}
          onChange={(template) => onChange({ template: template ?? null, ...compared([]), otherwise: [] })}
        />
      </Field>
      {first && <Variants plan={plan} texts={texts} first={first} onChange={onChange} />}
      {first && <Ways plan={plan} texts={texts} first={first} onChange={onChange} />}
    </>
  );
}

interface Props extends Pick<FormProps, "plan" | "onChange"> {
  texts: Text[];
  first: Text;
}

/** Texts that the first one is compared with: of its channel and kind, the shares make 100%. */
function Variants({ plan, texts, first, onChange }: Props) {
  const { t } = useTranslation("outreach");
  const variants = plan.variants ?? [];
  const taken = new Set([first.id, ...variants.map(({ template }) => template)]);
  const alike = texts.filter(({ channel, kind }) => channel === first.channel && kind === first.kind);
  const free = alike.filter(({ id }) => !taken.has(id));
  const share = plan.template_share ?? 100;
  const sum = variants.reduce((all, one) => all + one.share, share);
  const [next] = free;
  const rows = [{ template: first.id, share }, ...variants];
  const put = (n: number, row: { template: number; share: number }) =>
    onChange(n === 0 ? { template_share: row.share } : { variants: variants.with(n - 1, row) });
  return (
    <div role="group" aria-label={t("campaign.form.variants")} className={styles.field}>
      <span>{t("campaign.form.variants")}</span>
      {variants.length > 0 &&
        rows.map((row, n) => (
          <div key={n} className={styles.variant}>
            <strong>{LETTERS[n]}</strong>
            <Select
              aria-label={t("campaign.form.variant", { letter: LETTERS[n] })}
              value={row.template}
              disabled={n === 0}
              options={alike
                .filter(({ id }) => id === row.template || !taken.has(id))
                .map(({ id, name }) => ({ value: id, label: name }))}
              onChange={(template) => put(n, { ...row, template })}
            />
            <InputNumber
              aria-label={t("campaign.form.variantShare", { letter: LETTERS[n] })}
              value={row.share}
              min={1}
              max={99}
              precision={0}
              suffix="%"
              onChange={(part) => put(n, { ...row, share: part ?? 1 })}
            />
            {n > 0 && (
              <Button
                type="text"
                icon={<CloseOutlined />}
                aria-label={t("campaign.form.takeVariant", { letter: LETTERS[n] })}
                onClick={() => onChange(compared(variants.toSpliced(n - 1, 1)))}
              />
            )}
          </div>
        ))}
      <div className={styles.tools}>
        {rows.length < LETTERS.length && (
          <Button
            icon={<PlusOutlined />}
            disabled={!next}
            onClick={() => next && onChange(compared([...variants, { template: next.id, share: 1 }]))}
          >
            {t("campaign.form.addVariant")}
          </Button>
        )}
        {sum !== 100 && (
          <span role="status" className={styles.bad}>
            {t("campaign.form.sumWrong", { sum })}
          </span>
        )}
      </div>
      <small>
        {t(next || variants.length > 0 ? "campaign.form.variantsHint" : "campaign.form.noVariants")}
      </small>
    </div>
  );
}

/** The next channels, in their order: each for whom the one before did not reach. */
function Ways({ plan, texts, first, onChange }: Props) {
  const { t } = useTranslation("outreach");
  const ways = plan.otherwise ?? [];
  const channels = (until: number) =>
    new Set(
      [first, ...ways.slice(0, until).map((id) => texts.find((one) => one.id === id))].map(
        (one) => one?.channel,
      ),
    );
  const offered = (n: number) =>
    texts.filter(({ channel, kind }) => kind === first.kind && !channels(n).has(channel));
  return (
    <>
      {Array.from({ length: Math.min(MOST_WAYS, ways.length + 1) }, (_, n) => (
        <Field
          key={n}
          name={t(n === 0 ? "campaign.form.second" : "campaign.form.third")}
          {...(n === 0 && { hint: t("campaign.form.waysHint") })}
        >
          <Select
            allowClear
            value={ways[n] ?? null}
            placeholder={t("campaign.form.noWay")}
            notFoundContent={t("channels.otherwise.noTexts", { kind: t(`kind.${first.kind}`) })}
            options={offered(n).map(({ id, name, channel }) => ({
              value: id,
              label: `${name} · ${t(`channel.${channel}`)}`,
            }))}
            onChange={(id?: number) => onChange({ otherwise: [...ways.slice(0, n), ...(id ? [id] : [])] })}
          />
        </Field>
      ))}
    </>
  );
}
