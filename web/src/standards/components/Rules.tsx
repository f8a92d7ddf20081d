import { useTranslation } from "react-i18next";
import { DataTable } from "@/shared/components/DataTable";
import { Panel } from "@/shared/components/Panel";
import { StageTag, TierTag } from "@/shared/components/Tags";
import type { Standard } from "../api";
import type { useWords } from "../useWords";
import { type Field, fieldsOf } from "../values";
import { type Editing, FieldValue, NextValue } from "./FieldValue";
import styles from "./standards.module.css";

/** Which stage the thresholds of a group tell, in the order in which stages are asked for. */
export const STAGE_OF: [group: string, stage: string][] = [
  ["lost", "LOST"],
  ["win_back", "WIN_BACK"],
  ["alert", "CHURN_ALERT"],
  ["new", "NEW"],
  ["growing", "GROWING"],
  ["mature", "MATURE"],
  ["dormant", "DORMANT"],
];

interface Props {
  standards: Standard[];
  words: ReturnType<typeof useWords>;
  editing: Editing | null;
}

/** The tiers with their floors, best first, and how long a tier is kept. */
export function TierRules({ standards, words, editing }: Props) {
  const { t } = useTranslation("standards");
  const floors = standards.find(({ value }) => Array.isArray(value));
  const others = standards.filter(({ code, value }) => code.startsWith("tier.") && !Array.isArray(value));
  if (!floors) return null;
  const fields = fieldsOf(floors);
  const written = (field: Field | undefined) =>
    field && editing && field.key in editing.draft ? editing.draft[field.key] : field?.value;
  const bad = ({ rank }: Field) =>
    rank !== null && rank > 0 && (written(fields[rank]) ?? 0) <= (written(fields[rank - 1]) ?? 0);
  const notRising = editing !== null && fields.some(bad);
  return (
    <Panel title={t("tiers")} flush>
      <DataTable
        rowKey={({ key }) => key}
        rows={fields.toReversed()}
        columns={[
          { key: "tier", title: t("tier"), render: ({ rank }) => <TierTag tier={rank ?? 0} /> },
          {
            key: "floor",
            title: t("floor"),
            align: "right",
            render: (field) => (
              <FieldValue
                standard={floors}
                field={field}
                words={words}
                editing={editing}
                bad={editing !== null && bad(field)}
              />
            ),
          },
          ...(floors.next_from === null
            ? []
            : [
                {
                  key: "next",
                  title: t("coming"),
                  render: (field: Field) => <NextValue standard={floors} field={field} words={words} />,
                },
              ]),
        ]}
      />
      {(notRising || editing?.wrong === floors.code) && (
        <p className={styles.wrong} role="alert">
          {t("notRising")}
        </p>
      )}
      <dl className={styles.rules}>
        {others.map((standard) => (
          <Rule key={standard.code} standard={standard} words={words} editing={editing} />
        ))}
      </dl>
    </Panel>
  );
}

/** What tells each lifecycle stage. */
export function StageRules({ standards, words, editing }: Props) {
  const { t } = useTranslation("standards");
  return (
    <Panel title={t("stages")}>
      <p className={styles.quiet}>{t("stagesHint")}</p>
      <div className={styles.groups}>
        {STAGE_OF.map(([group, stage]) => (
          <section key={group}>
            <h3>
              <StageTag stage={stage} />
            </h3>
            <p className={styles.quiet}>{t(`group.${group}`)}</p>
            <dl className={styles.rules}>
              {standards
                .filter(({ code }) => code.startsWith(`${group}.`))
                .map((standard) => (
                  <Rule key={standard.code} standard={standard} words={words} editing={editing} />
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Panel>
  );
}

function Rule({ standard, words, editing }: { standard: Standard } & Omit<Props, "standards">) {
  const { t } = useTranslation("standards");
  const [field] = fieldsOf(standard);
  if (!field) return null;
  const base = t(`base.${standard.code}`, { defaultValue: "" });
  return (
    <div>
      <dt>
        {standard.name}
        {base && <small>{base}</small>}
      </dt>
      <dd>
        <FieldValue standard={standard} field={field} words={words} editing={editing} />
        <NextValue standard={standard} field={field} words={words} />
        {editing?.wrong === standard.code && (
          <span className={styles.wrong} role="alert">
            {t(`wrong.${field.kind}`)}
          </span>
        )}
      </dd>
    </div>
  );
}
