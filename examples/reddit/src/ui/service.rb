# frozen_string_literal: true

require 'json'
require 'net/http'

# A service that ui talks to, found by NAME_HOST and NAME_PORT in the environment.
class Service
  class Unavailable < StandardError; end

  # The service answered, and the answer is no.
  class Refused < StandardError
    attr_reader :status

    def initialize(status, message)
      @status = status
      super(message)
    end
  end

  TIMEOUT = 3

  def initialize(name)
    @host = ENV.fetch("#{name}_HOST")
    @port = Integer(ENV.fetch("#{name}_PORT"))
  end

  def get(path)
    call(Net::HTTP::Get.new(path))
  end

  def post(path, fields)
    call(Net::HTTP::Post.new(path).tap { |request| request.form_data = fields })
  end

  def healthy?
    get('/healthcheck')['status'] == 1
  rescue Unavailable, Refused
    false
  end

  private

  def call(request)
    limits = { open_timeout: TIMEOUT, read_timeout: TIMEOUT }
    response = Net::HTTP.start(@host, @port, **limits) { |http| http.request(request) }
    raise Unavailable, @host if response.is_a?(Net::HTTPServerError)
    raise Refused.new(response.code.to_i, "#{@host}: #{response.message}") unless response.is_a?(Net::HTTPSuccess)

    JSON.parse(response.body)
  rescue SystemCallError, SocketError, Net::OpenTimeout, Net::ReadTimeout, EOFError, JSON::ParserError
    raise Unavailable, @host
  end
end
