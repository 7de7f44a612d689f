//! Every message of the server, whole, truncated at every byte, and with a byte too many.

use super::*;

fn samples() -> Vec<(u8, Vec<u8>)> {
    let mut row_description = vec![0, 1];
    row_description
        .extend_from_slice(b"id\0\0\0\x40\x01\0\x01\0\0\0\x17\0\x04\xff\xff\xff\xff\0\0");
    vec![
        (b'1', vec![]),
        (b'2', vec![]),
        (b'3', vec![]),
        (b'A', b"\0\0\0\x07jobs\0payload\0".to_vec()),
        (b'C', b"SELECT 1\0".to_vec()),
        (b'K', b"\0\0\0\x07\0\0\0\x08".to_vec()),
        (b'R', b"\0\0\0\0".to_vec()),
        (b'R', b"\0\0\0\x05salt".to_vec()),
        (b'S', b"TimeZone\0UTC\0".to_vec()),
        (b'T', row_description),
        (b'Z', b"I".to_vec()),
        (b't', b"\0\x02\0\0\0\x17\0\0\0\x19".to_vec()),
        (b'v', b"\0\x03\0\0\0\0\0\0".to_vec()),
        (b'v', b"\0\x03\0\0\0\0\0\x01_pq_.x\0".to_vec()),
        (b'I', vec![]),
        (b'n', vec![]),
        (b's', vec![]),
        (b'c', vec![]),
        (b'R', b"\0\0\0\x0aSCRAM-SHA-256\0\0".to_vec()),
        (b't', b"\0\0".to_vec()),
        (b'T', b"\0\0".to_vec()),
    ]
}

fn read_all(tag: u8, body: &[u8]) -> Result<(), Malformed> {
    if let Backend::RowDescription(columns) = Backend::read(tag, body)? {
        columns.fields().try_for_each(|field| field.map(drop))?;
    }
    Ok(())
}

#[test]
fn every_sample_is_read() {
    for (tag, body) in samples() {
        assert_eq!(read_all(tag, &body), Ok(()), "{}", tag.escape_ascii());
    }
}

#[test]
fn every_cut_of_a_fixed_message_is_an_error_and_none_panics() {
    for (tag, body) in samples() {
        for cut in 0..body.len() {
            let outcome = read_all(tag, &body[..cut]);
            let open_ended = tag == b'R' && cut >= 4 && body[3] != 5;
            assert!(
                outcome.is_err() || open_ended,
                "{} cut at {cut}",
                tag.escape_ascii()
            );
        }
    }
}

#[test]
fn a_byte_too_many_is_an_error() {
    for (tag, mut body) in samples() {
        body.push(b'x');
        // What a mechanism of SASL says goes to the end of the message, and so does the secret of a cancel request.
        let open_ended = tag == b'K' || (tag == b'R' && body[3] == 10);
        assert!(
            read_all(tag, &body).is_err() || open_ended,
            "{}",
            tag.escape_ascii()
        );
    }
}

#[test]
fn all_tags_with_hostile_bodies_return() {
    let bodies: [&[u8]; 6] = [
        &[],
        &[0],
        &[0xff; 3],
        &[0xff; 40],
        b"\0\0\0\0\0",
        b"\x7f\xff\x7f\xff",
    ];
    for tag in 0..=u8::MAX {
        for body in bodies {
            let _ = read_all(tag, body);
        }
    }
}

#[test]
fn columns_and_parameters_are_read_field_by_field() {
    let body = samples().remove(9).1;
    let Ok(Backend::RowDescription(columns)) = Backend::read(b'T', &body) else {
        panic!("a row description")
    };
    let field = columns.fields().next().unwrap().unwrap();
    assert_eq!(
        field,
        Field {
            name: "id",
            table: 0x4001,
            attribute: 1,
            oid: 23,
            modifier: -1,
            binary: false,
        }
    );
    let Ok(Backend::ParameterDescription(parameters)) =
        Backend::read(b't', b"\0\x02\0\0\0\x17\0\0\0\x19")
    else {
        panic!("a parameter description")
    };
    assert_eq!(parameters.oids().collect::<Vec<_>>(), [23, 25]);
}
