//! Builders against texts, limits, and what is never printed.

use super::*;

#[track_caller]
fn parsed(text: &str) -> Config {
    text.parse().unwrap()
}

#[test]
fn neither_errors_nor_debug_show_the_password() {
    let error = "postgres://ada:hush@host:port/crew"
        .parse::<Config>()
        .unwrap_err();
    assert!(!error.to_string().contains("hush"), "{error}");
    assert!(!format!("{:?}", parsed("postgres://ada:hush@host/crew")).contains("hush"));
}

#[test]
fn the_builder_says_what_a_text_says() {
    use hathi_wire::*;
    let text = "host=a,b port=1,2 user=ada dbname=crew application_name=n options='-c x=1' passfile=/p \
         sslmode=verify-full sslnegotiation=direct sslrootcert=/r sslcert=/c sslkey=/k sslsni=0 \
         channel_binding=require require_auth=!password min_protocol_version=3.0 max_protocol_version=3.2 \
         keepalives=0 keepalives_idle=1 keepalives_interval=2 keepalives_count=3 tcp_user_timeout=4 \
         target_session_attrs=standby load_balance_hosts=random";
    let built = Config::new()
        .hosts([("a", 1), ("b", 2)])
        .user("ada")
        .database("crew")
        .application_name("n")
        .options("-c x=1")
        .passfile("/p")
        .ssl_mode(SslMode::VerifyFull)
        .ssl_negotiation(SslNegotiation::Direct)
        .ssl_root_cert("/r")
        .ssl_cert("/c")
        .ssl_key("/k")
        .ssl_sni(false)
        .channel_binding(ChannelBinding::Require)
        .require_auth(AuthMethods::except([AuthMethod::Password]))
        .min_protocol_version(ProtocolVersion::V3_0)
        .max_protocol_version(ProtocolVersion::V3_2)
        .keepalives(false)
        .keepalives_idle(Duration::from_secs(1))
        .keepalives_interval(Duration::from_secs(2))
        .keepalives_count(3)
        .tcp_user_timeout(Duration::from_millis(4))
        .target_session_attrs(TargetSessionAttrs::Standby)
        .load_balance_hosts(LoadBalanceHosts::Random);
    assert_eq!(parsed(text), built);
}

#[test]
fn the_time_to_connect_is_shared_or_given_to_each_host() {
    let seconds = Duration::from_secs;
    for (config, hosts, expected) in [
        (parsed("user=a"), 3, (CONNECT, LONGEST)),
        (parsed("connect_timeout=4"), 3, (seconds(12), seconds(4))),
        (
            parsed("user=a").connect_limit(seconds(5)),
            3,
            (seconds(5), LONGEST),
        ),
        (
            parsed("connect_timeout=4").connect_limit(seconds(5)),
            3,
            (seconds(5), seconds(4)),
        ),
        (
            parsed("user=a").connect_limit(Duration::MAX),
            1,
            (LONGEST, LONGEST),
        ),
    ] {
        assert_eq!(config.connect_limits(hosts), expected);
    }
}

#[test]
fn keepalive_is_on_unless_told_otherwise_and_zero_is_the_systems() {
    let options = parsed("user=a").socket_options();
    assert_eq!(
        options.keepalive,
        Some((
            Some(Duration::from_secs(60)),
            Some(Duration::from_secs(10)),
            Some(3)
        ))
    );
    assert_eq!(options.user_timeout, None);
    assert_eq!(
        parsed("keepalives=0").socket_options(),
        SocketOptions::default()
    );
    let options =
        parsed("keepalives_idle=0 keepalives_interval=7 keepalives_count=0 tcp_user_timeout=9")
            .socket_options();
    assert_eq!(
        options.keepalive,
        Some((None, Some(Duration::from_secs(7)), None))
    );
    assert_eq!(options.user_timeout, Some(Duration::from_millis(9)));
}

#[test]
fn a_callback_takes_the_place_of_a_password_and_the_other_way_round() {
    let asking = Config::new()
        .password("hush")
        .password_with(async || Ok::<_, std::io::Error>("x".to_owned()));
    assert!(asking.dsn.password.is_none() && asking.callback.is_some());
    assert_eq!(asking, asking.clone());
    let filled = asking
        .clone()
        .or_variables(|name| (name == "PGPASSWORD").then(|| "y".to_owned()));
    assert!(filled.unwrap().dsn.password.is_none());
    let given = asking.password("hush");
    assert!(given.callback.is_none() && given.dsn.password.is_some());
}
