//! Instruction and allocation counts of the driver.
