import { CheckCircleOutlined, CloseCircleOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { useTranslation } from "react-i18next";
import { ProblemView } from "@/shared/components/ProblemView";
import { type Parsed, useParse } from "../api";
import type { Rule } from "../rule";
import styles from "./builder.module.css";

interface Props {
  text: string;
  onText: (text: string) => void;
  /** Whether there is a rule that the sentence can be added to. */
  drawn: boolean;
  onApply: (rule: Rule, add: boolean) => void;
}

/** A sentence typed as a rule: what was understood is shown part by part before it applies. */
export function Typed({ text, onText, drawn, onApply }: Props) {
  const { t } = useTranslation("segments");
  const parse = useParse();
  const read = (typed: string) => typed.trim() && parse.mutate(typed.trim());
  const found = parse.data;
  const apply = (add: boolean) => {
    if (!found?.rule) return;
    onApply(found.rule as Rule, add);
    parse.reset();
    onText("");
  };
  return (
    <div className={styles.typed}>
      <Input.Search
        allowClear
        aria-label={t("typed.label")}
        placeholder={t("typed.hint")}
        enterButton={t("typed.read")}
        loading={parse.isPending}
        value={text}
        onChange={(event) => {
          onText(event.target.value);
          if (found) parse.reset();
        }}
        onSearch={read}
      />
      {parse.error && <ProblemView error={parse.error} />}
      {found && <Understood parsed={found} />}
      {found && (
        <div className={styles.buttons}>
          <Button type="primary" disabled={!found.rule} onClick={() => apply(false)}>
            {t(drawn ? "typed.replace" : "typed.apply")}
          </Button>
          {drawn && (
            <Button disabled={!found.rule} onClick={() => apply(true)}>
              {t("typed.add")}
            </Button>
          )}
          <Button type="text" onClick={() => parse.reset()}>
            {t("typed.dismiss")}
          </Button>
        </div>
      )}
    </div>
  );
}

function Understood({ parsed: { parts, rule, problems } }: { parsed: Parsed }) {
  const { t } = useTranslation("segments");
  return (
    <>
      <ul className={styles.parts} aria-label={t("typed.understood")}>
        {parts.map(({ text, start, understood }) => (
          <li key={start}>
            {understood ? (
              <CheckCircleOutlined className={styles.met} aria-label={t("typed.yes")} />
            ) : (
              <CloseCircleOutlined className={styles.missed} aria-label={t("typed.no")} />
            )}
            <q>{text}</q>
            <span className={understood ? undefined : styles.missed}>{understood || t("typed.no")}</span>
          </li>
        ))}
      </ul>
      {!rule && <p className={styles.quiet}>{t(parts.length ? "typed.rephrase" : "typed.nothing")}</p>}
      {problems.map(({ place, code, text }) => (
        <p key={place + code} className={styles.problem} role="alert">
          {text}
        </p>
      ))}
    </>
  );
}
