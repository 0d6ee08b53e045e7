# frozen_string_literal: true

require 'json'
require 'mongo'
require 'sinatra/base'

# Keeps the comments of posts, in MongoDB, and speaks JSON.
class Comments < Sinatra::Base
  VERSION = File.read(File.join(__dir__, 'VERSION')).strip
  FIELDS = %w[post_id name body].freeze
  # The driver passes on, as they are, the errors of a name that no longer resolves and of a refused connection.
  AWAY = [Mongo::Error, SocketError, SystemCallError].freeze

  Mongo::Logger.logger.level = Logger::WARN

  class << self
    # Connects at the first use, so that every puma worker has its own connections.
    def database
      @lock.synchronize { @client ||= connect }
    end

    private

    def connect
      address = "#{ENV.fetch('COMMENT_DATABASE_HOST')}:#{ENV.fetch('COMMENT_DATABASE_PORT')}"
      # A database that is away is an answer of its own (see /healthcheck), and not worth a long wait.
      Mongo::Client.new([address], database: ENV.fetch('COMMENT_DATABASE'), connect: :direct,
                                   server_selection_timeout: 2)
    end
  end
  @lock = Mutex.new

  before { content_type :json }

  get '/comments' do
    stored = comments.find(post_id: params['post_id'].to_s).sort(created_at: 1)
    stored.map { |comment| present(comment) }.to_json
  end

  post '/comments' do
    comment = FIELDS.to_h { |field| [field, params[field].to_s.strip] }
    halt 400, { error: "wanted: #{FIELDS.join(', ')}" }.to_json if comment.values.any?(&:empty?)

    comment['created_at'] = Time.now.to_f
    comments.insert_one(comment)
    status 201
    present(comment).to_json
  end

  get '/healthcheck' do
    database = database_answers? ? 1 : 0
    status 503 if database.zero?
    { status: database, dependent_services: { comment_db: database }, version: VERSION }.to_json
  end

  # For Prometheus. All of it is measured now, so it is the same whichever of puma's workers answers.
  get '/metrics' do
    content_type 'text/plain; version=0.0.4; charset=utf-8'
    database = database_answers? ? 1 : 0
    [
      metric('gauge', 'comment_health', 'Whether comment and its database are well.', database),
      metric('gauge', 'comment_health_mongo_availability', 'Whether the database answers.', database),
      *(metric('counter', 'comment_count', 'Comments that were written.', comments.count) if database == 1)
    ].join
  end

  error(*AWAY) do
    halt 503, { error: 'the database does not answer' }.to_json
  end

  private

  def comments
    Comments.database[:comments]
  end

  def present(comment)
    comment.slice('name', 'body', 'created_at')
  end

  def metric(type, name, help, value)
    "# HELP #{name} #{help}\n# TYPE #{name} #{type}\n#{name} #{value}\n"
  end

  def database_answers?
    Comments.database.database.command(ping: 1)
    true
  rescue *AWAY
    false
  end
end
