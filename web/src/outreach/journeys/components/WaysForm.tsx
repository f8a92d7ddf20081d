import { Select } from "antd";
import { useTranslation } from "react-i18next";
import { inOrder, type Place, type Way } from "../definition";
import type { Say } from "../useSay";
import type { Definition, Step } from "../types";
import { Field } from "./Field";

const END = "";

interface Props {
  definition: Definition;
  /** The step whose ways they are; none: the trigger's. */
  step?: Step | undefined;
  ways: Way[];
  say: Say;
  onLink: (place: Place, to: string | null) => void;
}

/** Where each way out leads: to any step, also back to an earlier one, or to the end. */
export function WaysForm({ definition, step, ways, say, onLink }: Props) {
  const { t } = useTranslation("outreach");
  const steps = inOrder(definition).filter(({ id }) => id !== step?.id);
  const options = [
    { value: END, label: t("journey.end") },
    ...steps.map(({ id }) => ({ value: id, label: say.stepAt(definition, id) })),
  ];
  return ways.map(({ out, to }) => {
    const way = say.way(step, out);
    const name = way ? t("journey.form.nextOf", { way }) : t("journey.form.next");
    return (
      <Field key={out} name={name}>
        <Select
          aria-label={name}
          showSearch={{ optionFilterProp: "label" }}
          value={steps.some(({ id }) => id === to) ? to : END}
          options={options}
          onChange={(id) => onLink({ from: step?.id ?? null, out }, id || null)}
        />
      </Field>
    );
  });
}
