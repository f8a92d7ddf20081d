import {
  BranchesOutlined,
  CarryOutOutlined,
  ClockCircleOutlined,
  ExperimentOutlined,
  FormOutlined,
  HourglassOutlined,
  MessageOutlined,
  PhoneOutlined,
  QuestionCircleOutlined,
  TagOutlined,
  ThunderboltOutlined,
} from "@ant-design/icons";
import type { ReactNode } from "react";
import type { StepType } from "../types";

export const ICONS: Record<StepType | "TRIGGER", ReactNode> = {
  TRIGGER: <ThunderboltOutlined />,
  WAIT: <ClockCircleOutlined />,
  WORKTIME: <CarryOutOutlined />,
  AWAIT: <HourglassOutlined />,
  CONDITION: <QuestionCircleOutlined />,
  SPLIT: <BranchesOutlined />,
  HOLDOUT: <ExperimentOutlined />,
  MESSAGE: <MessageOutlined />,
  TASK: <PhoneOutlined />,
  TAG: <TagOutlined />,
  FIELD: <FormOutlined />,
};
