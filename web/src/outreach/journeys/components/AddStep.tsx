import { PlusOutlined } from "@ant-design/icons";
import { Button, Dropdown } from "antd";
import { useTranslation } from "react-i18next";
import { STEP_GROUPS } from "../codes";
import { MOST_STEPS, type Place, stepOf } from "../definition";
import type { Say } from "../useSay";
import type { Definition, StepType } from "../types";
import styles from "./board.module.css";
import { ICONS } from "./icons";

interface Props {
  definition: Definition;
  place: Place;
  say: Say;
  onInsert: (place: Place, type: StepType) => void;
}

/** "+" on a way: which step to put there. */
export function AddStep({ definition, place, say, onInsert }: Props) {
  const { t } = useTranslation("outreach");
  const full = definition.steps.length >= MOST_STEPS;
  const before = stepOf(definition, place.from);
  const way = say.way(before, place.out);
  const label =
    place.from === null
      ? t("journey.addFirst")
      : t("journey.addAfter", { step: [say.stepAt(definition, place.from), way].filter(Boolean).join(" ") });
  return (
    <Dropdown
      trigger={["click"]}
      disabled={full}
      menu={{
        onClick: ({ key }) => onInsert(place, key as StepType),
        items: STEP_GROUPS.map(({ group, types }) => ({
          key: group,
          type: "group",
          label: t(`journey.group.${group}`),
          children: types.map((type) => ({ key: type, icon: ICONS[type], label: t(`journey.type.${type}`) })),
        })),
      }}
    >
      <Button
        className={styles.add}
        size="small"
        shape="circle"
        icon={<PlusOutlined />}
        aria-label={label}
        title={full ? t("journey.full", { most: MOST_STEPS }) : t("journey.add")}
      />
    </Dropdown>
  );
}
