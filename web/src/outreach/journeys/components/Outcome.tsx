import { useTranslation } from "react-i18next";
import { Panel } from "@/shared/components/Panel";
import { count } from "@/shared/format/numbers";
import { INSIDE_STATES } from "../codes";
import type { Say } from "../useSay";
import type { JourneyDetail } from "../types";
import styles from "./journey.module.css";

/** Whom the journey is for, what it is to reach, and how it ended for those who left. */
export function Outcome({ journey: { definition, ended }, say }: { journey: JourneyDetail; say: Say }) {
  const { t } = useTranslation("outreach");
  const facts = [
    [t("journey.trigger"), say.trigger(definition.trigger)],
    [t("journey.facts.again"), say.again(definition.trigger)],
    [t("journey.facts.goal"), say.goal(definition)],
  ] as const;
  const left = INSIDE_STATES.filter((state) => (ended[state] ?? 0) > 0);
  return (
    <>
      <Panel title={t("journey.about")}>
        <dl className={styles.facts}>
          {facts.map(([name, said]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{said}</dd>
            </div>
          ))}
        </dl>
      </Panel>
      {left.length > 0 && (
        <Panel title={t("journey.ended.title")}>
          <dl className={styles.ended}>
            {left.map((state) => (
              <div key={state}>
                <dt>{t(`journey.list.stateOf.${state}`)}</dt>
                <dd>{count(ended[state] ?? 0)}</dd>
              </div>
            ))}
          </dl>
        </Panel>
      )}
    </>
  );
}
