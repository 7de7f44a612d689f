//! A line of the file, as a row of the table.

use std::fmt;
use std::num::{ParseFloatError, ParseIntError};

/// What a thermometer has read. The fields are called like the columns that they are copied into.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) station: String,
    pub(crate) hour: i32,
    pub(crate) celsius: Option<f64>,
}

/// Why a line is no reading.
#[derive(Debug)]
pub(crate) enum NoReading {
    Fields,
    Hour(ParseIntError),
    Celsius(ParseFloatError),
}

impl Reading {
    /// Reads `station,hour,celsius`.
    pub(crate) fn parse(line: &str) -> Result<Self, NoReading> {
        let fields: Vec<&str> = line.split(',').collect();
        let [station, hour, celsius] = fields[..] else {
            return Err(NoReading::Fields);
        };
        let celsius = match celsius {
            "" => None,
            celsius => Some(celsius.parse().map_err(NoReading::Celsius)?),
        };
        Ok(Self {
            station: station.to_owned(),
            hour: hour.parse().map_err(NoReading::Hour)?,
            celsius,
        })
    }
}

impl fmt::Display for NoReading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fields => f.write_str("expected a station, an hour and a temperature"),
            Self::Hour(error) => write!(f, "the hour is no number: {error}"),
            Self::Celsius(error) => write!(f, "the temperature is no number: {error}"),
        }
    }
}

impl std::error::Error for NoReading {}
