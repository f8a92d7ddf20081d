import { CheckCircleFilled, CloseCircleOutlined, QuestionCircleOutlined } from "@ant-design/icons";
import { Alert, AutoComplete, Button, Segmented } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useCustomerSearch } from "@/customers/api";
import { Amount } from "@/shared/components/Amount";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { TierTag } from "@/shared/components/Tags";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { useSettled } from "@/shared/hooks/useSettled";
import { type Explained, useExplain, useSample } from "../api";
import type { Rule } from "../rule";
import styles from "./builder.module.css";

interface Props {
  rule: Rule;
  /** The rule as text: an answer is of the rule that was asked. */
  json: string;
  usable: boolean;
}

/** Whom the rule finds: some of them, and why one customer is in or not. Both are accounted for, so each is asked by hand. */
export function People({ rule, json, usable }: Props) {
  const { t } = useTranslation("segments");
  const [tab, setTab] = useState<"sample" | "why">("sample");
  const [asked, setAsked] = useState<{ id: number; name: string; json: string } | null>(null);
  const explain = useExplain();
  const why = (id: number, name: string) => {
    setTab("why");
    setAsked({ id, name, json });
    explain.mutate({ rule, customer_id: id });
  };
  return (
    <Panel
      title={
        <Segmented
          aria-label={t("people.title")}
          value={tab}
          onChange={setTab}
          options={(["sample", "why"] as const).map((one) => ({ value: one, label: t(`people.${one}`) }))}
        />
      }
    >
      {tab === "sample" ? (
        <Sample rule={rule} json={json} usable={usable} onWhy={why} />
      ) : (
        <div className={styles.stack}>
          <Search disabled={!usable} onPick={why} />
          {!asked && <p className={styles.quiet}>{t("people.whyHint")}</p>}
          {explain.error && <ProblemView error={explain.error} />}
          {asked && asked.json !== json && (
            <Button disabled={!usable} onClick={() => why(asked.id, asked.name)}>
              {t("people.again", { name: asked.name })}
            </Button>
          )}
          {asked && explain.data && (
            <Why name={asked.name} explained={explain.data} stale={asked.json !== json} />
          )}
        </div>
      )}
    </Panel>
  );
}

function Sample({ rule, json, usable, onWhy }: Props & { onWhy: (id: number, name: string) => void }) {
  const { t } = useTranslation("segments");
  const sample = useSample();
  const [of, setOf] = useState("");
  const ask = () => {
    setOf(json);
    sample.mutate(rule);
  };
  const stale = of !== json;
  return (
    <div className={styles.stack}>
      {(stale || !sample.data) && (
        <Button disabled={!usable} loading={sample.isPending} onClick={ask}>
          {t(sample.data ? "people.showAgain" : "people.show")}
        </Button>
      )}
      {sample.error && <ProblemView error={sample.error} />}
      {sample.data?.length === 0 && <p className={styles.quiet}>{t("live.nobody")}</p>}
      {sample.data && (
        <ul className={`${styles.people} ${stale ? styles.stale : ""}`} data-testid="sample">
          {sample.data.map(({ id, cust_no, name, org_name, tier, aum, banded }) => (
            <li key={id}>
              <span>
                <Link to={`/customers/${id}`} target="_blank">
                  {name}
                </Link>
                <small>
                  {cust_no} {org_name}
                </small>
              </span>
              <span>
                <TierTag tier={tier} /> <Amount value={aum} banded={banded} />
              </span>
              <Button
                size="small"
                type="text"
                onClick={() => onWhy(id, name)}
                aria-label={t("people.whyOf", { name })}
              >
                {t("people.whyShort")}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Search({ disabled, onPick }: { disabled: boolean; onPick: (id: number, name: string) => void }) {
  const { t } = useTranslation("segments");
  const [text, setText] = useState("");
  const found = useCustomerSearch(useSettled(text.trim()));
  return (
    <AutoComplete
      aria-label={t("people.search")}
      placeholder={t("people.search")}
      disabled={disabled}
      value={text}
      onChange={setText}
      showSearch={{ filterOption: false }}
      options={(text.trim() ? (found.data?.rows ?? []) : []).slice(0, 8).map(({ id, name, cust_no }) => ({
        value: `${name} ${cust_no}`,
        id,
        name,
      }))}
      onSelect={(_: string, option: { id: number; name: string }) => {
        setText("");
        onPick(option.id, option.name);
      }}
    />
  );
}

const ICONS = {
  met: <CheckCircleFilled className={styles.met} />,
  not_met: <CloseCircleOutlined className={styles.unmet} />,
  unknown: <QuestionCircleOutlined className={styles.unmet} />,
};

function Why({
  name,
  explained: { holds, banded, reasons },
  stale,
}: {
  name: string;
  explained: Explained;
  stale: boolean;
}) {
  const { t } = useTranslation("segments");
  const head = useRef<HTMLDivElement>(null);
  const shown = useShown();
  useEffect(() => {
    void head.current?.scrollIntoView({ block: "nearest" });
  }, [reasons]);
  return (
    <div className={stale ? styles.stale : undefined} ref={head} data-testid="why">
      <Alert
        type={holds ? "success" : "info"}
        showIcon
        title={t(holds ? "people.in" : "people.out", { name })}
      />
      <ul className={styles.whys}>
        {reasons.map((reason) => (
          <li key={reason.place}>
            <span role="img" aria-label={t(`state.${reason.state}`)}>
              {ICONS[reason.state as keyof typeof ICONS]}
            </span>
            <div>
              <span>{reason.text}</span>
              <small>
                {t(`state.${reason.state}`)}
                {reason.value !== null && t("people.value", { value: shown(reason, banded) })}
              </small>
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A customer's value, as people write it. */
function useShown(): (reason: Explained["reasons"][number], banded: boolean) => string {
  const { t } = useTranslation("segments");
  const format = useFormat();
  return ({ value, kind }, banded) => {
    if (value === null) return "";
    if (kind === "money") return `${banded ? "≥" : ""}${format.money(value)}`;
    if (kind === "date" || kind === "birthday") return format.date(value);
    if (kind === "bool") return t(value === "True" ? "yes" : "no");
    return kind === "int" && Number.isFinite(Number(value)) ? count(Number(value)) : value;
  };
}
